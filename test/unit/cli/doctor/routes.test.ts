/** Which files are compiled by what, and what each tool lacks. */
import { describe, expect, it } from 'vitest';
import { examine } from '../../../../cli/doctor/examine.ts';
import { readProject } from '../../../../cli/project/project.ts';
import { CHARGE, type Files, folderOf, found, manifestOf, ORDER } from '../support/folders.ts';

const SOURCES = { 'src/order.ts': ORDER, 'src/charge.ts': CHARGE };
const VITE = "import useDurable from 'use-durable/vite';\nexport default { plugins: [useDurable()] };\n";
const PLUGIN = '{ "transform": "use-durable/tspc", "transformProgram": true }';
const TSCONFIG = `{\n  "compilerOptions": {\n    "outDir": "dist",\n    "noEmitOnError": true,\n    "plugins": [${PLUGIN}]\n  }\n}\n`;

const compiledBy = (files: Files): unknown =>
  examine(readProject(folderOf(files))).files.map(({ file, functions, by }) => [
    file,
    functions.map(({ id }) => id),
    by.map(({ route }) => route.tool),
  ]);

describe('a project that is set up', () => {
  it.each<[string, Files]>([
    ['Vite', { 'package.json': manifestOf(), 'vite.config.ts': VITE }],
    ['tspc', { 'package.json': manifestOf({ scripts: { build: 'tspc' } }), 'tsconfig.json': TSCONFIG }],
    [
      'tspc',
      {
        'package.json': manifestOf({ scripts: { build: 'npx durable build -p tsconfig.build.json' } }),
        'tsconfig.build.json': '{ "compilerOptions": { "outDir": "dist", "noEmitOnError": true } }',
      },
    ],
    [
      'tsx',
      {
        'package.json': manifestOf({
          scripts: { start: 'node --import use-durable/register --import tsx src/order.ts' },
        }),
      },
    ],
  ])('by %s has nothing to mend', (tool, files) => {
    const all = { ...SOURCES, ...files };
    expect(found(folderOf(all))).toEqual([]);
    const [[file, ids, tools]] = compiledBy(all) as [[string, string[], string[]]];
    expect([file, ids]).toEqual(['src/order.ts', ['shop/src/order.ts#order']]);
    expect(tools).toContain(tool === 'tsx' ? 'Node' : tool);
  });

  it('by several tools names them all', () => {
    const files = {
      ...SOURCES,
      'package.json': manifestOf(),
      'vite.config.ts': VITE,
      'tsconfig.json': TSCONFIG,
    };
    expect(compiledBy(files)).toEqual([['src/order.ts', ['shop/src/order.ts#order'], ['tspc', 'Vite']]]);
  });

  it('without durable functions has nothing to mend either, whatever builds it', () => {
    const files = {
      'package.json': manifestOf(),
      'vite.config.ts': 'export default {};\n',
      'src/a.ts': CHARGE,
    };
    expect(found(folderOf(files))).toEqual([]);
  });
});

describe('a program that is given the hooks in another place has nothing to mend', () => {
  const start = (text: string): Files => ({
    ...SOURCES,
    'package.json': manifestOf({ scripts: { start: text } }),
  });

  it.each([
    "NODE_OPTIONS='--import use-durable/tsx' tsx watch src/order.ts",
    'NODE_OPTIONS=--import=use-durable/tsx tsx src/order.ts',
    'bun --preload use-durable/bun src/order.ts',
  ])('%s', (text) => {
    expect(found(folderOf(start(text)))).toEqual([]);
  });

  it('bunfig.toml', () => {
    const files = { ...start('bun src/order.ts'), 'bunfig.toml': 'preload = ["use-durable/bun"]\n' };
    expect(found(folderOf(files))).toEqual([]);
  });
});

describe('Jest', () => {
  const scripts = { test: 'node --experimental-vm-modules node_modules/jest/bin/jest.js' };
  const files = { ...SOURCES, 'package.json': manifestOf({ scripts }) };

  it('without its transformer is an error, at the script or the configuration', () => {
    expect(found(folderOf(files))).toEqual(['error no-plugin package.json:5']);
    expect(found(folderOf({ ...files, 'jest.config.js': 'export default {};\n' }))).toEqual([
      'error no-plugin jest.config.js:1',
    ]);
  });

  it.each(['use-durable/jest', 'ts-patch/compiler'])('with %s is fine', (entry) => {
    const config = `export default { transform: { '.ts': '${entry}' } };\n`;
    expect(found(folderOf({ ...files, 'jest.config.js': config }))).toEqual([]);
  });
});

describe('Nest', () => {
  it('without the plugin of its command is an error, with it is fine', () => {
    const files = (config: string): Files => ({
      ...SOURCES,
      'package.json': manifestOf(),
      'nest-cli.json': config,
    });
    expect(found(folderOf(files('{ "sourceRoot": "src" }')))).toEqual(['error no-plugin nest-cli.json:1']);
    expect(found(folderOf(files('{ "compilerOptions": { "plugins": ["use-durable/nest"] } }')))).toEqual([]);
  });
});

describe('what is no durable function', () => {
  it.each([
    ['a text', "export const text = 'use durable';\n"],
    ['a comment', "// 'use durable'\nexport {};\n"],
  ])('%s', (_, text) => {
    expect(compiledBy({ 'package.json': manifestOf(), 'src/a.ts': text })).toEqual([]);
  });

  it.each(['node_modules/a/index.ts', 'dist/a.ts', '.next/server/a.ts', 'packages/b/build/a.ts'])(
    'what is in %s',
    (file) => {
      expect(compiledBy({ 'package.json': manifestOf(), [file]: ORDER })).toEqual([]);
    },
  );
});

describe('a tool without the plugin', () => {
  it('is an error where no other tool compiles the file', () => {
    const files = {
      ...SOURCES,
      'package.json': manifestOf(),
      'vite.config.ts': '// empty\nexport default {};\n',
    };
    expect(found(folderOf(files))).toEqual(['error no-plugin vite.config.ts:2']);
  });

  it('is a note where another one does', () => {
    const files = {
      ...SOURCES,
      'package.json': manifestOf(),
      'vite.config.ts': 'export default {};\n',
      'tsconfig.json': TSCONFIG,
    };
    expect(found(folderOf(files))).toEqual(['note no-plugin vite.config.ts:1']);
  });

  it('is found in an import that is never called', () => {
    const files = {
      ...SOURCES,
      'package.json': manifestOf(),
      'vite.config.ts': "import useDurable from 'use-durable/vite';\nexport default { plugins: [] };\n",
    };
    expect(found(folderOf(files))).toEqual(['error no-plugin vite.config.ts:2']);
  });

  it.each([
    ['tsx src/main.ts', 'node --import use-durable/tsx src/main.ts'],
    ['tsx watch src/main.ts', 'node --watch --import use-durable/tsx src/main.ts'],
    ['bun run src/main.ts', 'bun --preload use-durable/bun src/main.ts'],
    ['node --env-file .env src/main.ts', 'node --import use-durable/register --env-file .env src/main.ts'],
  ])('is the script %s, which loads the file by an import', (start, expected) => {
    const folder = folderOf({
      ...SOURCES,
      'src/main.ts': "import { order } from './order.js';\nawait order(1);\n",
      'package.json': manifestOf({ scripts: { start } }),
    });
    const { findings } = examine(readProject(folder));
    expect(findings.map(({ code, line, change }) => [code, line, change])).toEqual([
      ['no-plugin', 5, `"start": "${expected}"`],
    ]);
  });

  it('is one command of a script, whose other commands stay', () => {
    const scripts = { start: 'echo a && tsx src/order.ts && echo b', build: 'tsc -p . && echo c' };
    const files = { ...SOURCES, 'package.json': manifestOf({ scripts }), 'tsconfig.json': TSCONFIG };
    const { findings } = examine(readProject(folderOf(files)));
    expect(findings.map(({ change }) => change)).toEqual([
      '"build": "tspc -p . && echo c"',
      '"start": "echo a && node --import use-durable/tsx src/order.ts && echo b"',
    ]);
  });

  it('is no script that loads other files', () => {
    const files = { ...SOURCES, 'package.json': manifestOf({ scripts: { start: 'node src/charge.ts' } }) };
    expect(found(folderOf(files))).toEqual(['error not-covered src/order.ts:4']);
  });

  it.each(['esbuild src/order.ts --bundle', 'ts-node src/order.ts'])('is %s, which takes none', (build) => {
    const files = { ...SOURCES, 'package.json': manifestOf({ scripts: { build } }) };
    expect(found(folderOf(files))).toEqual(['error no-plugin package.json:5']);
  });

  it('is a bundler whose entries lead to the file, whatever else compiles it', () => {
    const build = (entry: string, plugins = ''): string =>
      `import { build } from 'esbuild';\n${plugins === '' ? '' : "import useDurable from 'use-durable/esbuild';\n"}await build({ entryPoints: ['${entry}']${plugins} });\n`;
    const files = {
      ...SOURCES,
      'src/main.ts': "import 'node:fs';\nimport './order.js';\n",
      'src/worker.ts': "import './order.ts';\n",
      'src/other.ts': 'export {};\n',
      'package.json': manifestOf(),
      'build.mjs': build('src/main.ts', ', plugins: [useDurable()]'),
    };
    expect(found(folderOf(files))).toEqual([]);
    expect(found(folderOf({ ...files, 'worker.mjs': build('src/worker.ts') }))).toEqual([
      'error no-plugin worker.mjs:2',
    ]);
    expect(found(folderOf({ ...files, 'other.mjs': build('src/other.ts') }))).toEqual([]);
    // An alias may lead anywhere.
    const aliased = { ...files, 'src/other.ts': "import '@/order';\n", 'other.mjs': build('src/other.ts') };
    expect(found(folderOf(aliased))).toEqual(['note no-plugin other.mjs:2']);
    expect(
      found(folderOf({ ...files, 'build.mjs': build('src/other.ts', ', plugins: [useDurable()]') })),
    ).toEqual(['error not-covered src/order.ts:4']);
  });

  it.each([
    ['rollup.config.js', "export default { input: { main: 'src/main.ts' } };"],
    ['tsdown.config.ts', "export default { entry: ['./src/main.ts'] };"],
    ['webpack.config.js', "module.exports = { entry: './src/main.ts' };"],
  ])('%s: its entries are followed', (name, config) => {
    const files = { 'src/charge.ts': CHARGE, 'package.json': manifestOf(), 'src/order.ts': ORDER };
    const main = { 'src/main.ts': "import './order.ts';\n" };
    expect(found(folderOf({ ...files, ...main, [name]: config }))).toEqual([`error no-plugin ${name}:1`]);
    expect(found(folderOf({ ...files, 'src/main.ts': 'export {};\n', [name]: config }))).toEqual([
      'error not-covered src/order.ts:4',
    ]);
  });

  it('is Nitro or Nuxt without the module', () => {
    const files = { ...SOURCES, 'package.json': manifestOf() };
    expect(found(folderOf({ ...files, 'nitro.config.ts': 'export default {};\n' }))).toEqual([
      'error no-plugin nitro.config.ts:1',
    ]);
    // The plugin of Vite doesn't see what Nuxt builds for its server.
    const vite =
      "import useDurable from 'use-durable/vite';\nexport default { vite: { plugins: [useDurable()] } };\n";
    expect(found(folderOf({ ...files, 'nuxt.config.ts': vite }))).toEqual([
      'error no-plugin nuxt.config.ts:2',
    ]);
    const nuxt = "export default { nitro: { modules: ['use-durable/nitro'] } };\n";
    expect(found(folderOf({ ...files, 'nuxt.config.ts': nuxt }))).toEqual([]);
  });

  it('is found in each package of a repository', () => {
    const files = {
      'package.json': manifestOf(),
      'packages/a/package.json': '{ "name": "a", "type": "module" }',
      'packages/a/vite.config.ts': VITE,
      'packages/a/order.ts': ORDER,
      'packages/b/package.json': '{ "name": "b", "type": "module" }',
      'packages/b/vite.config.ts': 'export default {};\n',
      'packages/b/order.ts': ORDER,
    };
    expect(found(folderOf(files))).toEqual(['error no-plugin packages/b/vite.config.ts:1']);
  });
});

it('a file that no tool builds is told, with the line of its directive', () => {
  expect(found(folderOf({ ...SOURCES, 'package.json': manifestOf() }))).toEqual([
    'error not-covered src/order.ts:4',
  ]);
});

it('an error of the compiler is told with its place', () => {
  const wrong = "export function order() {\n  'use durable';\n}\n";
  const files = { 'src/order.ts': wrong, 'package.json': manifestOf(), 'vite.config.ts': VITE };
  expect(found(folderOf(files))).toEqual(['error refused src/order.ts:2']);
});

describe('a tool that is set up wrongly', () => {
  it.each<[string, string, Files]>([
    [
      'the plugin twice in a list',
      'warning plugin-twice vite.config.ts:2',
      { 'vite.config.ts': VITE.replace('[useDurable()]', '[useDurable(), useDurable()]') },
    ],
    [
      'the plugin in two lists of one build',
      'warning plugin-twice vite.config.ts:2',
      {
        'vite.config.ts': VITE.replace(
          '[useDurable()]',
          '[useDurable()], build: { rolldownOptions: { plugins: [useDurable()] } }',
        ),
      },
    ],
    [
      'withDurable around itself',
      'warning plugin-twice next.config.ts:2',
      {
        'next.config.ts':
          "import { withDurable } from 'use-durable/next';\nexport default withDurable(withDurable({}));\n",
      },
    ],
    [
      'the module of Nitro twice',
      'warning plugin-twice nitro.config.ts:1',
      { 'nitro.config.ts': "export default { modules: ['use-durable/nitro', 'use-durable/nitro'] };\n" },
    ],
    [
      'the plugin twice in nest-cli.json',
      'warning plugin-twice nest-cli.json:2',
      {
        'nest-cli.json':
          '{ "compilerOptions": { "plugins": ["use-durable/nest",\n  { "name": "use-durable/nest" }] } }',
      },
    ],
    [
      'the hooks of Node twice',
      'warning plugin-twice package.json:5',
      {
        'package.json': manifestOf({
          scripts: { start: 'node --import use-durable/register --import use-durable/tsx src/order.ts' },
        }),
      },
    ],
    [
      'the plugin twice in tsconfig.json',
      'warning plugin-twice tsconfig.json:5',
      { 'tsconfig.json': TSCONFIG.replace(PLUGIN, `${PLUGIN}, ${PLUGIN}`) },
    ],
    [
      'another plugin of esbuild first',
      'warning wrong-order build.mjs:3',
      {
        'build.mjs':
          "import { build } from 'esbuild';\nimport useDurable from 'use-durable/esbuild';\nawait build({ plugins: [other(), useDurable()] });\n",
      },
    ],
    [
      'tsx before use-durable',
      'warning wrong-order package.json:5',
      {
        'package.json': manifestOf({
          scripts: { start: 'node --import tsx --import use-durable/register src/order.ts' },
        }),
      },
    ],
    [
      'no transformProgram',
      'error wrong-option tsconfig.json:5',
      { 'tsconfig.json': TSCONFIG.replace(', "transformProgram": true', '') },
    ],
    [
      'plain tsc in a script',
      'error plain-tsc package.json:5',
      { 'tsconfig.json': TSCONFIG, 'package.json': manifestOf({ scripts: { build: 'tsc -p .' } }) },
    ],
    [
      'no noEmitOnError',
      'warning no-emit-on-error tsconfig.json:2',
      { 'tsconfig.json': TSCONFIG.replace('    "noEmitOnError": true,\n', '') },
    ],
    [
      'tsx with a CommonJS package',
      'error tsx-commonjs package.json:5',
      { 'package.json': manifestOf({ type: 'commonjs', scripts: { start: 'tsx src/order.ts' } }) },
    ],
    [
      'the SWC builder in nest-cli.json',
      'error nest-swc nest-cli.json:2',
      {
        'vite.config.ts': VITE,
        'nest-cli.json': '{ "compilerOptions":\n  { "builder": { "type": "swc" } } }',
      },
    ],
    [
      'the SWC builder in a script of Nest',
      'error nest-swc package.json:5',
      { 'vite.config.ts': VITE, 'package.json': manifestOf({ scripts: { build: 'nest build -b swc' } }) },
    ],
  ])('%s', (_, finding, files) => {
    expect(found(folderOf({ 'package.json': manifestOf(), ...SOURCES, ...files }))).toEqual([finding]);
  });

  it.each<[string, Files]>([
    ['tsc that emits nothing', { 'package.json': manifestOf({ scripts: { check: 'tsc --noEmit' } }) }],
    [
      'tsc that ts-patch has changed',
      { 'package.json': manifestOf({ scripts: { prepare: 'ts-patch install -s', build: 'tsc' } }) },
    ],
  ])('but not %s', (_, files) => {
    expect(found(folderOf({ ...SOURCES, 'tsconfig.json': TSCONFIG, ...files }))).toEqual([]);
  });

  it('options that tsconfig.json takes from another file count, and references of tsc -b', () => {
    const files = {
      ...SOURCES,
      'package.json': manifestOf({ scripts: { build: 'tspc -b' } }),
      'base.json': TSCONFIG,
      'tsconfig.json': '{ "files": [], "references": [{ "path": "./src" }] }',
      'src/tsconfig.json': '{ "extends": "../base.json", "compilerOptions": { "composite": true } }',
    };
    expect(found(folderOf(files))).toEqual([]);
    expect(compiledBy(files)).toEqual([['src/order.ts', ['shop/src/order.ts#order'], ['tspc']]]);
  });
});
