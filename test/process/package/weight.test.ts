/** What an installed package weighs: a production install has no TypeScript, and nothing loads it before a file needs it. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';
import { FULL, sample } from '../../support/tier.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'use-durable-weight-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(cwd: string, command: string, ...args: string[]): string {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell });
  expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

const inProject = (file: string, text: string): string => {
  writeFileSync(join(project, file), text);
  return run(project, process.execPath, file);
};

/** More than it is today by a third. */
const LARGEST_INSTALL_BYTES = 4_500_000;

const PLAIN = 'export const one = 1;';
const DURABLE = `const upper = async (text) => text.toUpperCase();
export async function greet(name) {
  'use durable';
  return await upper(name);
}
`;

const START = `import { createRuntime, memoryStore } from 'use-durable';
import { greet } from './greet.mjs';
const runtime = createRuntime({ store: memoryStore() });
console.log(await (await runtime.start(greet, ['ada'])).result());
await runtime.close();
`;

/** Hands a file to each kind of host; `register` has its own by then. */
const HOSTS = `import { readFileSync } from 'node:fs';
import rollup from 'use-durable/rollup';
import esbuild from 'use-durable/esbuild';
import loader from 'use-durable/loader';
const path = process.cwd() + '/durable.mjs';
const code = readFileSync(path, 'utf8');
const told = {
  rollup: async () => rollup().transform.handler.call({}, code, path),
  esbuild: () =>
    new Promise((resolve, reject) => {
      const onLoad = (_options, load) => load({ path }).then(resolve, reject);
      esbuild().setup({ initialOptions: {}, onLoad });
    }),
  loader: () =>
    new Promise((resolve, reject) => {
      const callback = (error) => (error ? reject(error) : resolve());
      loader.call({ resourcePath: path, callback }, code);
    }),
  register: async () => {
    await import('use-durable/register');
    await import('./durable.mjs');
  },
};
for (const [name, call] of Object.entries(told))
  await call().then(() => console.log(name, 'ended well'), ({ name: error, message }) => console.log(name, error, message));
`;

describe.skipIf(!FULL)('a production install', () => {
  beforeAll(() => {
    const packed = run(root, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', project);
    writeFileSync(join(project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
    const flags = ['--omit=dev', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
    run(project, 'npm', 'install', ...flags, join(project, packed.trim()));
  }, 120_000);

  it('has its few packages alone, and is small', () => {
    const files = globSync('node_modules/**/*', { cwd: project }).map((file) => file.replaceAll('\\', '/'));
    const packages = files.flatMap((file) =>
      [...(/^node_modules\/((?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(file) ?? [])].slice(1),
    );
    expect(packages.sort()).toEqual([
      '@bomb.sh/tab',
      '@jridgewell/sourcemap-codec',
      'commander',
      'croner',
      'devalue',
      'magic-string',
      'use-durable',
    ]);
    expect(files.filter((file) => /node_modules\/.*\/node_modules\//.test(file))).toEqual([]);
    const bytes = files.map((file) => statSync(join(project, file))).filter((stat) => stat.isFile());
    expect(bytes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(LARGEST_INSTALL_BYTES);
  });

  it('runs what is compiled', () => {
    writeFileSync(join(project, 'greet.mjs'), transform(DURABLE, { fileName: 'greet.mjs' }).code);
    expect(inProject('start.mjs', START)).toBe('ADA\n');
  });

  it('says in each host what is missing, where there is something to compile', () => {
    writeFileSync(join(project, 'durable.mjs'), DURABLE);
    const sentence =
      'TypeScriptMissingError use-durable compiles with TypeScript 6. None is installed. ' +
      'Add it where you build: npm install --save-dev typescript@6. Programs that are compiled run without it.';
    expect(inProject('hosts.mjs', HOSTS).trim().split('\n')).toEqual(
      ['rollup', 'esbuild', 'loader', 'register'].map((name) => `${name} ${sentence}`),
    );
  });
});

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
};
/** The entries whose file is in a folder of the build. */
const entriesIn = (folder: string, but: readonly string[]): string[] =>
  Object.entries(exports)
    .filter(([, to]) => typeof to !== 'string' && to.default.startsWith(`./dist/${folder}/`))
    .map(([entry]) => entry.replace('.', 'use-durable'))
    .filter((entry) => !but.includes(entry));

/** Imports an entry and hands it a file; prints the modules that are loaded then. */
const LOADED = `import { registerHooks } from 'node:module';
const [entry, code] = process.argv.slice(1);
const loaded = [];
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) loaded.push(url);
    return next(url, context);
  },
});
await import(entry);
if (code !== undefined) {
  const { default: useDurable } = await import('use-durable/vite');
  useDurable().transform.handler(code, process.cwd() + '/not-there.ts');
}
console.log(JSON.stringify(loaded));`;

/** Where TypeScript is installed: the repository itself, by its own name. */
function loadedBy(entry: string, code?: string): string[] {
  const args = ['--input-type=module', '-e', LOADED, entry, ...(code === undefined ? [] : [code])];
  const urls = JSON.parse(run(root, process.execPath, ...args)) as string[];
  return urls.map((url) => fileURLToPath(url).slice(dirname(root).length).replaceAll('\\', '/'));
}

describe('an entry of the runtime', () => {
  it.each(sample(entriesIn('runtime', []), 4))('%s loads nothing of the compiler', (entry) => {
    const loaded = loadedBy(entry);
    // The entry itself, which is one file.
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.filter((path) => /\/dist\/transformer\/|\/typescript/.test(path))).toEqual([]);
  });
});

describe('an entry of a build tool', () => {
  const isHeavy = (path: string): boolean =>
    path.includes('/typescript/lib/') ||
    /\/dist\/transformer\/(?!(hosts|base)\/)|\/hosts\/core\.js$/.test(path);
  // Those that are handed a program are for files that concern it; the last two need a tool that isn't here.
  const OTHERS = ['tspc', 'transformer', 'ls', 'nest', 'tsx', 'bun'].map((name) => `use-durable/${name}`);

  it.each(sample(entriesIn('transformer', OTHERS), 4))(
    '%s loads neither TypeScript nor the analysis before a file concerns it',
    (entry) => {
      const loaded = loadedBy(entry, PLAIN);
      // The entry itself, which is one file.
      expect(loaded.length).toBeGreaterThan(0);
      expect(loaded.filter(isHeavy)).toEqual([]);
    },
  );

  it('loads no HTTP client of Node with the compiler', () => {
    const print = 'console.log(JSON.stringify(process.moduleLoadList));';
    const loaded = (script: string): readonly string[] =>
      JSON.parse(run(root, process.execPath, '--input-type=module', '-e', script)) as string[];
    // Some versions of Node load parts of it by themselves.
    const before = new Set(loaded(print));
    const added = loaded(`await import('use-durable/transformer'); ${print}`).filter(
      (name) => !before.has(name),
    );
    expect(added.length).toBeGreaterThan(10);
    expect(added.filter((name) => /undici|webstreams/.test(name))).toEqual([]);
  });

  it('loads both then', () => {
    const loaded = loadedBy('use-durable/vite', DURABLE);
    expect(loaded.some((path) => path.endsWith('/dist/transformer/hosts/core.js'))).toBe(true);
    expect(loaded.some((path) => path.endsWith('/typescript/lib/typescript.js'))).toBe(true);
  });
});
