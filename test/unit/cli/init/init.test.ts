import { describe, expect, it, vi } from 'vitest';
import { init } from '../../../../cli/init/init.ts';
import { InstallError, NoProjectError } from '../../../../cli/project/project.ts';
import { CHARGE, type Files, folderOf, manifestOf, ORDER, read, write } from '../support/folders.ts';

const SOURCES = { 'src/order.ts': ORDER, 'src/charge.ts': CHARGE };

interface Report {
  readonly install: string | null;
  readonly steps: readonly { tool: string; file: string; written: boolean }[];
  readonly byHand: readonly { tool: string; file: string; line: number }[];
}

async function run(
  folder: string,
  options: Parameters<typeof init>[1],
): Promise<{ code: number; printed: string }> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const code = await init(folder, options);
    return { code, printed: log.mock.calls.map(([text]) => String(text)).join('\n') };
  } finally {
    log.mockRestore();
  }
}

async function report(
  folder: string,
  options: Parameters<typeof init>[1] = {},
): Promise<Report & { code: number }> {
  const { code, printed } = await run(folder, { install: false, ...options, json: true });
  return { ...(JSON.parse(printed) as Report), code };
}

describe('init --yes', () => {
  it('sets up every tool of a project, and finds nothing to do the second time', async () => {
    const folder = folderOf({
      ...SOURCES,
      'src/main.ts': "import './order.ts';\n",
      'package.json': manifestOf({ scripts: { build: 'tsc -p . && echo built', start: 'tsx src/main.ts' } }),
      'tsconfig.json': '{\n  // strict\n  "compilerOptions": {\n    "strict": true\n  }\n}\n',
      'vite.config.ts': 'export default {};\n',
    });
    const { code, steps } = await report(folder, { yes: true });
    expect(code).toBe(0);
    expect(steps.map(({ tool, file, written }) => [tool, file, written])).toEqual([
      ['tspc', 'tsconfig.json', true],
      ['tspc', 'package.json', true],
      ['Vite', 'vite.config.ts', true],
      ['tsx', 'package.json', true],
    ]);
    expect(read(folder, 'tsconfig.json')).toBe(
      '{\n  // strict\n  "compilerOptions": {\n    "strict": true,\n    "plugins": [{ "name": "use-durable/ls", "transform": "use-durable/tspc", "transformProgram": true }],\n    "noEmitOnError": true\n  }\n}\n',
    );
    const { scripts } = JSON.parse(read(folder, 'package.json')) as { scripts: Files };
    expect(scripts).toEqual({
      build: 'tspc -p . && echo built',
      start: 'node --import use-durable/tsx src/main.ts',
    });
    const again = await report(folder, { yes: true });
    expect([again.code, again.steps, again.byHand]).toEqual([0, [], []]);
  });

  it.each([
    ['export default [js];\n', 'export default [js, useDurable.configs.recommended];\n'],
    [
      "import { defineConfig } from 'eslint/config';\n\nexport default defineConfig([\n  js,\n]);\n",
      "import { defineConfig } from 'eslint/config';\nimport useDurable from 'use-durable/eslint';\n\nexport default defineConfig([\n  js,\n  useDurable.configs.recommended,\n]);\n",
    ],
    [
      "import tseslint from 'typescript-eslint';\n\nexport default tseslint.config(js, ...tseslint.configs.recommended);\n",
      "import tseslint from 'typescript-eslint';\nimport useDurable from 'use-durable/eslint';\n\nexport default tseslint.config(js, ...tseslint.configs.recommended, useDurable.configs.recommended);\n",
    ],
  ])('adds the rules to ESLint: %s', async (config, expected) => {
    const folder = folderOf({ 'package.json': manifestOf(), 'eslint.config.js': config });
    const { code, steps } = await report(folder, { yes: true });
    expect([code, steps.map(({ tool }) => tool)]).toEqual([0, ['ESLint']]);
    expect(read(folder, 'eslint.config.js')).toContain(expected);
    expect((await report(folder, { yes: true })).steps).toEqual([]);
  });

  it('adds the module to Nitro, and makes its configuration where there is none', async () => {
    const scripts = { build: 'nitro build' };
    const manifest = manifestOf({ devDependencies: { nitro: '3' }, scripts });
    const folder = folderOf({ 'package.json': manifest });
    expect((await report(folder, { yes: true })).code).toBe(0);
    expect(read(folder, 'nitro.config.ts')).toBe(
      "import { defineConfig } from 'nitro';\n\nexport default defineConfig({ modules: ['use-durable/nitro'] });\n",
    );
    const nuxt = folderOf({
      'package.json': manifestOf(),
      'nuxt.config.ts': 'export default defineNuxtConfig({});\n',
    });
    expect((await report(nuxt, { yes: true })).code).toBe(0);
    expect(read(nuxt, 'nuxt.config.ts')).toContain("nitro: { modules: ['use-durable/nitro'] }");
  });

  it('adds to tspc what it lacks', async () => {
    const tsconfig =
      '{ "compilerOptions": { "noEmitOnError": false, "plugins": [{ "transform": "use-durable/tspc", "transformProgram": true }] } }';
    const folder = folderOf({ 'package.json': manifestOf(), 'tsconfig.json': tsconfig });
    expect((await report(folder, { yes: true })).code).toBe(0);
    expect(read(folder, 'tsconfig.json')).toBe(tsconfig.replace('false', 'true'));
  });

  it('makes a configuration for a tool that has none', async () => {
    const devDependencies = { vite: '8' };
    const folder = folderOf({
      'package.json': manifestOf({ devDependencies, scripts: { build: 'vite build' } }),
    });
    expect((await report(folder, { yes: true })).steps).toMatchObject([
      { file: 'vite.config.ts', written: true },
    ]);
    expect(read(folder, 'vite.config.ts')).toContain(
      'export default defineConfig({ plugins: [useDurable()] });',
    );
    expect((await report(folder, { yes: true })).code).toBe(0);
  });

  it('adds a plugin to the JSON of Nest', async () => {
    const folder = folderOf({
      'package.json': manifestOf(),
      'nest-cli.json': '{\n  "sourceRoot": "src"\n}\n',
    });
    expect((await report(folder, { yes: true })).code).toBe(0);
    expect(read(folder, 'nest-cli.json')).toBe(
      '{\n  "sourceRoot": "src",\n  "compilerOptions": {\n    "plugins": ["use-durable/nest"]\n  }\n}\n',
    );
    expect((await report(folder, { yes: true })).steps).toEqual([]);
  });

  it('leaves scripts alone that load no durable function', async () => {
    const scripts = { build: 'vite build', clean: 'node scripts/clean.ts' };
    const files = { 'scripts/clean.ts': 'export {};\n', 'vite.config.ts': 'export default {};\n' };
    const folder = folderOf({ ...files, 'package.json': manifestOf({ scripts }) });
    expect((await report(folder, { yes: true })).steps.map(({ file }) => file)).toEqual(['vite.config.ts']);
  });

  it('shows the place of what it can not write, and exits with 1', async () => {
    const config = "import base from './base.js';\n\nexport default base;\n";
    const folder = folderOf({ 'package.json': manifestOf(), 'vite.config.ts': config });
    const { code, printed } = await run(folder, { yes: true });
    expect(code).toBe(1);
    expect(printed).toContain(
      "vite.config.ts:3 (Vite), by hand\n  import useDurable from 'use-durable/vite';\n  plugins: [useDurable()]\n",
    );
    expect(read(folder, 'vite.config.ts')).toBe(config);
  });

  it('installs what is missing', async () => {
    const folder = folderOf({
      'package.json': '{ "name": "shop" }',
      'vite.config.ts': 'export default {};\n',
    });
    // Another npm, which keeps what it was asked for.
    write(folder, 'bin/npm', '#!/bin/sh\necho "$@" >> asked\n');
    const { chmodSync } = await import('node:fs');
    chmodSync(`${folder}/bin/npm`, 0o755);
    vi.stubEnv('PATH', `${folder}/bin:${process.env.PATH}`);
    try {
      expect((await report(folder, { yes: true, install: true })).code).toBe(0);
      expect(read(folder, 'asked')).toBe('install use-durable\n');
      write(folder, 'bin/npm', '#!/bin/sh\nexit 1\n');
      await expect(run(folder, { yes: true })).rejects.toThrow(InstallError);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

it('a package that a folder above has installed is not asked for', async () => {
  const folder = folderOf({
    'node_modules/ts-patch/package.json': '{}',
    'node_modules/use-durable/package.json': '{}',
    'app/package.json': '{ "scripts": { "build": "tspc" } }',
    'app/tsconfig.json': '{ "compilerOptions": {} }',
  });
  expect((await report(`${folder}/app`)).install).toBe(null);
});

describe('nothing is written', () => {
  const files = { 'package.json': '{ "name": "shop" }', 'vite.config.ts': 'export default {};\n' };

  it.each([
    ['with --dry-run', { dryRun: true, yes: true }, 'Nothing was changed.'],
    ['without a terminal', {}, 'there is no terminal to ask on'],
  ])('%s', async (_, options, said) => {
    const folder = folderOf(files);
    const { code, printed } = await run(folder, options);
    expect(code).toBe(1);
    expect(printed).toContain('npm install use-durable');
    expect(printed).toContain('+ export default {\n  +   plugins: [useDurable()]\n  + };');
    expect(printed).toContain(said);
    expect(read(folder, 'vite.config.ts')).toBe('export default {};\n');
  });

  it('where no tool is found', async () => {
    const { code, printed } = await run(folderOf({ 'package.json': manifestOf() }), { yes: true });
    expect(code).toBe(1);
    expect(printed).toContain('No build tool was found');
  });

  it('without TypeScript, which configurations are read with: their lines are shown', async () => {
    const { byHand, install } = await report(folderOf(files, []), { yes: true });
    expect(install).toBe('npm install use-durable && npm install --save-dev typescript@6');
    expect(byHand).toMatchObject([{ tool: 'Vite', file: 'vite.config.ts' }]);
  });
});

it.each([
  ['pnpm-lock.yaml', 'pnpm add use-durable'],
  ['yarn.lock', 'yarn add use-durable'],
  ['bun.lock', 'bun add use-durable'],
  ['package-lock.json', 'npm install use-durable'],
])('beside %s packages are installed by its tool', async (lockfile, command) => {
  const files = { 'package.json': '{}', 'vite.config.ts': 'export default {};\n', [lockfile]: '' };
  expect((await report(folderOf(files))).install).toBe(command);
});

it.each<[string, Files]>([
  ['no package.json', {}],
  ['a damaged one', { 'package.json': '{' }],
])('a folder with %s is refused', async (_, files) => {
  await expect(run(folderOf(files), {})).rejects.toThrow(NoProjectError);
});
