/** Projects whose `typescript` is not version 6: with its companion all is the same, and without it each route says so. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, Project, well } from './support/project.ts';
import { RESULTS, ROUTES, type Route } from './support/routes.ts';
import { type Table, tableOf } from './support/table.ts';
import { BESIDE_7, ROUTES_ON_7 } from './support/typescript7.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const SEVEN = 'typescript7/node_modules/typescript';
const SENTENCE =
  'use-durable compiles with TypeScript 6. Version {} is installed. Add it where you build: npm install --save-dev ';

function begin(project: Project, route: Route): Ended {
  const store = project.path('runs.db');
  const args = [...route.build(project), 'begin', store];
  return project.run(route.command ?? process.execPath, args, { EFFECTS: `${store}.effects` });
}

let reference: Table;

beforeAll(() => {
  const project = Project.ofCorpus('typescript/6');
  const esbuild = ROUTES.find(({ name }) => name === 'esbuild')!;
  well(begin(project, esbuild));
  reference = tableOf(project.path('runs.db'));
});

it('the tests have TypeScript 7, with its companion', () => {
  const project = new Project('versions', BESIDE_7);
  const script = `for (const name of ['typescript', '@typescript/typescript6']) console.log(require(name).version)`;
  expect(well(project.node(['-e', script])).output).toMatch(/^7\.\d+\.\d+\n6\.\d+\.\d+\n$/);
});

it('the compiler of TypeScript 7 checks the types, and leaves the plugin of ts-patch alone, which the first start says', () => {
  const project = Project.ofCorpus('tsc', BESIDE_7);
  const tsc = fileURLToPath(new URL(`${SEVEN}/bin/tsc`, import.meta.url));
  expect(well(project.node([tsc, '-p', '.'])).output).toBe('');
  const { status, errors } = project.node(['out/main.js', 'begin', project.path('runs.db')]);
  expect(status).toBe(1);
  expect(errors).toContain('NotCompiledError: ');
});

it('ts-patch beside TypeScript 7 ends with an error of its own', () => {
  const project = Project.ofCorpus('tspc', BESIDE_7);
  const patch = project.path('node_modules/ts-patch');
  cpSync(join(here, 'node_modules/ts-patch'), patch, { recursive: true });
  const { status, errors } = project.node([join(patch, 'bin/tspc.js'), '-p', '.']);
  // It doesn't come to its plugins, so docs/routes.md says what to do.
  expect(status).toBe(1);
  expect(errors).toContain("Cannot read properties of undefined (reading 'LineFeed')");
  expect(project.read('out/main.js')).toBe('');
});

describe.each(ROUTES_ON_7)('$name beside TypeScript 7', (route) => {
  const folder = route.name.replaceAll(/\W+/g, '-');

  it('gives the ids, versions and sites of TypeScript 6', () => {
    const project = Project.ofCorpus(folder, BESIDE_7);
    const { output, errors } = well(begin(project, route));
    expect(output.trim().split('\n')).toEqual(RESULTS);
    expect(errors).toBe('');
    expect(Object.keys(reference.manifests).length).toBeGreaterThanOrEqual(6);
    expect(tableOf(project.path('runs.db'))).toEqual(reference);
  });

  it('says without the companion what to add', () => {
    const project = besides(`typescript/alone-${folder}`, (typescript) =>
      cpSync(join(here, SEVEN), typescript, { recursive: true }),
    );
    const { version } = JSON.parse(readFileSync(join(here, SEVEN, 'package.json'), 'utf8')) as {
      version: string;
    };
    const text = failed(project, ROUTES.find(({ name }) => name === route.name)!);
    expect(text).toContain(`${SENTENCE.replace('{}', version)}@typescript/typescript6.`);
    expect(text).not.toContain('TypeError');
  });
});

it('says of a version before 6 what to install', () => {
  const project = besides('typescript/5', (typescript) => {
    mkdirSync(typescript);
    const six = JSON.stringify(join(here, 'node_modules/typescript'));
    writeFileSync(join(typescript, 'index.js'), `module.exports = { ...require(${six}), version: '5.9.3' };`);
  });
  for (const name of ['esbuild', 'node --import use-durable/register']) {
    const text = failed(project, ROUTES.find((route) => route.name === name)!);
    expect(text).toContain(`${SENTENCE.replace('{}', '5.9.3')}typescript@6.`);
  }
});

/** The corpus with the package and another TypeScript beside it, in an install without the companion. */
function besides(path: string, makeTypeScript: (folder: string) => void): Project {
  const project = Project.ofCorpus(path).installCopy();
  makeTypeScript(project.path('node_modules/typescript'));
  return project;
}

/** What a build or a start prints that is to end with an error. */
function failed(project: Project, route: Route): string {
  let ended: Ended;
  try {
    ended = begin(project, route);
  } catch (error) {
    return (error as Error).message;
  }
  expect(ended.status).toBe(1);
  expect(project.read('runs.db.effects')).toBe('');
  return ended.errors;
}
