/** One corpus by every route: the same ids, and each build resumes what another has begun. */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUN, type Ended, Project, well } from './support/project.ts';
import { RESULTS, ROUTES, type Route } from './support/routes.ts';
import { type Table, tableOf } from './support/table.ts';
import { BUILDS_ON_7 } from './support/typescript7.ts';

/** Where the first life of each run ends: in a step of each, one after the other. */
const DEATHS = [
  'mail shop lamp',
  'charge 30',
  'charge 2',
  'mail ben news',
  'mail you hello',
  'mail cid bye again',
];

const AGREEING: readonly Route[] = [...ROUTES, ...BUILDS_ON_7];
const NAMES = AGREEING.map(({ name }) => name);

/**
 * Each further build of a route takes as long as the first, so all of them are for the night: `AGREEMENT=all`. By day the routes that
 * check types, and those that only minify what another one makes, are built once.
 */
const ALL = process.env.AGREEMENT === 'all';
const isBuiltAgain = (name: string): boolean => ALL || !/durable build|minified|TypeScript 7/.test(name);
/** One of five routes by day. */
const isBuiltAsCopy = (name: string): boolean => ALL || (isBuiltAgain(name) && NAMES.indexOf(name) % 5 === 0);

interface Built {
  /** `begin`, `resume` or `place` on stores, with the file of the effects beside the first. */
  run(command: Command, stores: readonly string[], env?: Readonly<Record<string, string>>): Ended;
  /** The same on the runtime of another build, which is loaded into the process before. */
  runWith(first: Built, command: Command, store: string, env?: Readonly<Record<string, string>>): Ended;
  /** The file that the program starts with. */
  readonly main: string;
}

type Command = 'begin' | 'resume' | 'place';

const built = new Map<string, Built>();
let reference: Table;

function routeOf(name: string): Route {
  const route = AGREEING.find((one) => one.name === name);
  if (route === undefined) throw new Error(name);
  return route;
}

const folderOf = (name: string): string => name.replaceAll(/\W+/g, '-');

function buildOf(name: string): Built {
  const known = built.get(name);
  if (known !== undefined) return known;
  const route = routeOf(name);
  const result = build(projectOf(route, `agreement/${folderOf(name)}`), route);
  built.set(name, result);
  return result;
}

const projectOf = ({ project = (path) => Project.ofCorpus(path) }: Route, path: string): Project =>
  project(path);

function build(project: Project, route: Route): Built {
  const args = route.build(project);
  const before = args.slice(0, -1);
  const file = args.at(-1) ?? '';
  const command = route.command ?? process.execPath;
  const preload = route.command === BUN ? '--preload' : '--import';
  const effects = (store = ''): Readonly<Record<string, string>> => ({ EFFECTS: `${store}.effects` });
  return {
    main: project.path(file),
    run: (what, stores, env = {}) =>
      project.run(command, [...args, what, ...stores], { ...effects(stores[0]), ...env }),
    runWith: ({ main }, what, store, env = {}) =>
      project.run(command, [...before, preload, pathToFileURL(main).href, file, what, store], {
        ...effects(store),
        COPIES: '2',
        ...env,
      }),
  };
}

const storeOf = (name: string): string => shared.path(`${folderOf(name)}.db`);
const shared = new Project('agreement/stores');

/** @throws where it prints other results than the runs have by any route; those that have ended are not resumed */
function expectResumed(ended: Ended, least = 1): void {
  const resumed = well(ended).output.trim().split('\n');
  expect(RESULTS).toEqual(expect.arrayContaining([...new Set(resumed)]));
  expect(resumed.length).toBeGreaterThanOrEqual(least);
}

/** A store that was begun by a process that died has the functions that this one came to. */
function expectSame(store: string): void {
  const { manifests } = tableOf(store);
  expect(Object.keys(manifests).length, store).toBeGreaterThan(0);
  expect({ ...reference.manifests, ...manifests }, store).toEqual(reference.manifests);
}

const deathOf = (name: string): Readonly<Record<string, string>> => ({
  DIE_IN: DEATHS[NAMES.indexOf(name) % DEATHS.length]!,
});

beforeAll(() => {
  const store = storeOf('reference');
  well(buildOf('tspc').run('begin', [store]));
  reference = tableOf(store);
});

describe.each(NAMES)('%s', (name) => {
  it('means what the plain program means', () => {
    const { output, errors } = well(buildOf(name).run('begin', [storeOf(name)]));
    expect(output.trim().split('\n')).toEqual(RESULTS);
    expect(errors).toBe('');
  });

  it('has the ids, versions and sites of every other route', () => {
    expect(Object.keys(reference.manifests).length).toBeGreaterThanOrEqual(6);
    expect(tableOf(storeOf(name))).toEqual(reference);
  });

  it('shows the places of the source in stacks', () => {
    const { output } = well(
      buildOf(name).run('place', [storeOf(`${name} place`)], { NODE_OPTIONS: '--enable-source-maps' }),
    );
    const { columns = 0 } = routeOf(name);
    // Minifiers keep fewer columns.
    expect(output.trim()).toMatch(
      name.endsWith('minified')
        ? /^src\/order\.ts:24:\d+$/
        : new RegExp(`^src/order\\.ts:24:${9 + columns}$`),
    );
  });

  it.runIf(isBuiltAgain(name))('from another root gives the same ids', () => {
    const route = routeOf(name);
    const project = projectOf(route, `agreement/elsewhere/packages/${folderOf(name)}`);
    const store = storeOf(`${name} elsewhere`);
    well(build(project, route).run('begin', [store]));
    expect(tableOf(store)).toEqual(reference);
  });

  it.runIf(isBuiltAsCopy(name))('runs as two copies in one process', () => {
    const route = routeOf(name);
    const project = projectOf(route, `agreement/copies/packages/${folderOf(name)}`);
    // It has one already where its TypeScript is beside it.
    const elsewhere = build(route.project === undefined ? project.installCopy() : project, route);
    const both = storeOf(`${name} both`);
    const first = buildOf(name).runWith(elsewhere, 'begin', both, deathOf(name));
    // Each has its own state of the modules, so the process says that there are two.
    expect(first.errors).toContain('USE_DURABLE_INSTALLED_TWICE');
    expect(first.errors).not.toContain('USE_DURABLE_ERROR_CLASS');
    expect(first.signal).toBe('SIGKILL');
    expectResumed(buildOf(name).runWith(elsewhere, 'resume', both));
    expectSame(both);
  });

  it.runIf(isBuiltAgain(name))('of another package gives ids with its name, and nothing else differs', () => {
    const store = storeOf(`${name} renamed`);
    const route = routeOf(name);
    const project = projectOf(route, `agreement/renamed/${folderOf(name)}`);
    project.write('package.json', project.read('package.json').replace('"shop"', '"@acme/store"'));
    well(build(project, route).run('begin', [store]));
    const { manifests, keys } = tableOf(store);
    expect(keys).toEqual(reference.keys);
    const text = JSON.stringify(manifests);
    expect(text).toContain('@acme/store/src/order.ts#placeOrder');
    expect(JSON.parse(text.replaceAll('@acme/store/', 'shop/'))).toEqual(reference.manifests);
  });

  it('begins runs that others are to resume', () => {
    const { signal } = buildOf(name).run('begin', [storeOf(`begun by ${name}`)], deathOf(name));
    expect(signal).toBe('SIGKILL');
  });
});

describe.each(NAMES)('%s', (name) => {
  it('resumes what each other build has begun', () => {
    const others = NAMES.filter((other) => other !== name);
    const stores = others.map((other) => {
      const store = storeOf(`begun by ${other} resumed by ${name}`);
      // What the first process has not yet moved into the file is beside it.
      for (const end of ['', '-wal', '-shm'])
        if (existsSync(storeOf(`begun by ${other}`) + end))
          cpSync(storeOf(`begun by ${other}`) + end, store + end);
      return store;
    });
    expectResumed(buildOf(name).run('resume', stores), stores.length);
    for (const store of stores) expectSame(store);
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
