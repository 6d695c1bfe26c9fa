/** One corpus by every route: the same ids, and each build resumes what another has begun. */
import { readdirSync, rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';
import { RESULTS, ROUTES, type Route } from './support/routes.ts';
import { type Table, tableOf } from './support/table.ts';

/** Where the first life of each run ends: in a step of each, one after the other. */
const DEATHS = [
  'mail shop lamp',
  'charge 30',
  'charge 2',
  'mail ben news',
  'mail you hello',
  'mail cid bye again',
];

interface Built {
  readonly project: Project;
  /** `begin` or `resume` on a store, with the file of the effects beside it. */
  run(command: 'begin' | 'resume' | 'place', store: string, env?: Readonly<Record<string, string>>): Ended;
}

const built = new Map<string, Built>();
let reference: Table;

function buildOf(name: string): Built {
  const known = built.get(name);
  if (known !== undefined) return known;
  const route = ROUTES.find((one) => one.name === name);
  if (route === undefined) throw new Error(name);
  const result = build(Project.ofCorpus(`agreement/${name.replaceAll(/\W+/g, '-')}`), route);
  built.set(name, result);
  return result;
}

function build(project: Project, route: Route): Built {
  const main = route.build(project);
  return {
    project,
    run: (command, store, env = {}) =>
      project.run(route.command ?? process.execPath, [...main, command, store], {
        EFFECTS: `${store}.effects`,
        ...env,
      }),
  };
}

const storeOf = (name: string): string => shared.path(`${name.replaceAll(/\W+/g, '-')}.db`);
const shared = new Project('agreement/stores');

beforeAll(() => {
  const store = storeOf('reference');
  well(buildOf('tspc').run('begin', store));
  reference = tableOf(store);
});

describe.each(ROUTES.map(({ name }) => name))('%s', (name) => {
  it('means what the plain program means', () => {
    const store = storeOf(name);
    const { output, errors } = well(buildOf(name).run('begin', store));
    expect(output.trim().split('\n')).toEqual(RESULTS);
    expect(errors).toBe('');
  });

  it('has the ids, versions and sites of every other route', () => {
    expect(Object.keys(reference.manifests).length).toBeGreaterThanOrEqual(6);
    const table = tableOf(storeOf(name));
    expect(table.manifests).toEqual(reference.manifests);
    expect(table.keys).toEqual(reference.keys);
  });

  it('shows the places of the source in stacks', () => {
    const { output } = well(
      buildOf(name).run('place', storeOf(`${name} place`), { NODE_OPTIONS: '--enable-source-maps' }),
    );
    const { columns = 0 } = ROUTES.find((one) => one.name === name) ?? {};
    // Minifiers keep fewer columns.
    expect(output.trim()).toMatch(
      name.endsWith('minified')
        ? /^src\/order\.ts:24:\d+$/
        : new RegExp(`^src/order\\.ts:24:${9 + columns}$`),
    );
  });

  it('resumes what another build has begun, and another build what this one has', () => {
    const at = ROUTES.findIndex((one) => one.name === name);
    const other = ROUTES[(at + 1) % ROUTES.length]!.name;
    const store = storeOf(`${name} and ${other}`);
    const first = buildOf(name).run('begin', store, { DIE_IN: DEATHS[at % DEATHS.length]! });
    expect(first.signal).toBe('SIGKILL');
    const { output } = well(buildOf(other).run('resume', store));
    // Runs that ended in the first life are not resumed; those that were not started by then are not there.
    const resumed = output.trim().split('\n');
    expect(RESULTS).toEqual(expect.arrayContaining(resumed));
    expect(resumed.length).toBeGreaterThan(0);
  });
});

describe.each(['tspc', 'vite, minified', 'esbuild', 'node --import use-durable/register'])('%s', (name) => {
  const route = ROUTES.find((one) => one.name === name)!;
  const folder = name.replaceAll(/\W+/g, '-');

  it('from another root gives the same ids', () => {
    const store = storeOf(`${name} elsewhere`);
    const moved = build(Project.ofCorpus(`agreement/elsewhere/packages/${folder}`), route);
    well(moved.run('begin', store));
    expect(tableOf(store)).toEqual(reference);
  });

  it('of another package gives ids with its name, and nothing else differs', () => {
    const store = storeOf(`${name} renamed`);
    const project = Project.ofCorpus(`agreement/renamed/${folder}`);
    project.write('package.json', project.read('package.json').replace('"shop"', '"@acme/store"'));
    well(build(project, route).run('begin', store));
    const { manifests, keys } = tableOf(store);
    expect(keys).toEqual(reference.keys);
    const text = JSON.stringify(manifests);
    expect(text).toContain('@acme/store/src/order.ts#placeOrder');
    expect(JSON.parse(text.replaceAll('@acme/store/', 'shop/'))).toEqual(reference.manifests);
  });
});

it('the package is the packed one', () => {
  rmSync(shared.folder, { recursive: true });
  const installed = new URL('./node_modules/use-durable/', import.meta.url);
  expect(readdirSync(installed).sort()).toEqual(
    expect.arrayContaining(['CHANGELOG.md', 'README.md', 'dist', 'docs', 'package.json']),
  );
  expect(readdirSync(installed)).not.toContain('transformer');
});
