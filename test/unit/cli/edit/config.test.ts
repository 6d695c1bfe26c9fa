import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { readProject } from '../../../../cli/project/project.ts';
import { configUses } from '../../../../cli/routes/config-uses.ts';
import type { CallRoute, ConfigRoute, WrapRoute } from '../../../../cli/routes/route.ts';
import { ROUTES } from '../../../../cli/routes/table.ts';
import { folderOf, manifestOf } from '../support/folders.ts';

/** A configuration with the plugin; undefined where it has to be written by hand. */
function changed(tool: string, file: string, before: string): string | undefined {
  const route = ROUTES.find((one) => one.tool === tool) as ConfigRoute | CallRoute | WrapRoute;
  const project = readProject(folderOf({ 'package.json': manifestOf(), [file]: before }));
  const [use] = configUses(project, project.packages[0]!, route);
  const after = use?.fixes[0]?.apply(before);
  if (after === undefined) return undefined;
  // The second time finds nothing to do.
  const again = readProject(folderOf({ 'package.json': manifestOf(), [file]: after }));
  expect(configUses(again, again.packages[0]!, route)[0]).toMatchObject({
    has: true,
    fixes: [],
    findings: [],
  });
  expect(ts.transpileModule(after, { reportDiagnostics: true, fileName: file }).diagnostics).toEqual([]);
  return after;
}

describe('the plugin is added to', () => {
  it('a list on several lines, before what is there and its comments', () => {
    const before = `import { defineConfig } from "vite"
import react from "@vitejs/plugin-react" // the page

export default defineConfig({
  plugins: [ // in this order
    // first
    react(),
  ],
})
`;
    expect(changed('Vite', 'vite.config.ts', before)).toBe(`import { defineConfig } from "vite"
import react from "@vitejs/plugin-react" // the page
import useDurable from "use-durable/vite"

export default defineConfig({
  plugins: [ // in this order
    useDurable(),
    // first
    react(),
  ],
})
`);
  });

  it('a list on one line, and an empty one', () => {
    expect(
      changed('Rollup', 'rollup.config.js', "import a from 'a';\nexport default { plugins: [a()] };\n"),
    ).toContain('plugins: [useDurable(), a()]');
    expect(changed('Rollup', 'rollup.config.js', 'export default { plugins: [] };\n')).toBe(
      "import useDurable from 'use-durable/rollup';\n\nexport default { plugins: [useDurable()] };\n",
    );
  });

  it('an object without a list: behind the last property and its comment, with or without a comma there', () => {
    const before = (comma: string): string =>
      `export default {\n  root: 'src'${comma} // sources\n  /* nothing else */\n};\n`;
    for (const comma of ['', ','])
      expect(changed('Vite', 'vite.config.js', before(comma))).toBe(
        `import useDurable from 'use-durable/vite';\n\nexport default {\n  root: 'src', // sources\n  plugins: [useDurable()]${comma}\n  /* nothing else */\n};\n`,
      );
  });

  it('an empty object, an object on one line, and a path of several keys', () => {
    expect(changed('Vite', 'vite.config.js', 'export default {};\n')).toContain(
      'export default {\n  plugins: [useDurable()]\n};',
    );
    expect(changed('Astro', 'astro.config.mjs', "export default { output: 'server' };\n")).toContain(
      "{ output: 'server', vite: { plugins: [useDurable()] } }",
    );
    expect(changed('Astro', 'astro.config.mjs', 'export default { vite: { plugins: [] } };\n')).toContain(
      'vite: { plugins: [useDurable()] }',
    );
  });

  it.each([
    ['a constant', 'const config = { plugins: [] };\nexport default config;\n'],
    [
      'a typed constant',
      'const config = { plugins: [] } satisfies object;\nexport default config as object;\n',
    ],
    ['what a function returns', 'export default defineConfig(({ mode }) => ({ plugins: [] }));\n'],
    [
      'what a block returns',
      'export default defineConfig(async () => {\n  await 0;\n  return { plugins: [] };\n});\n',
    ],
  ])('%s', (_, before) => {
    expect(changed('Vite', 'vite.config.ts', before)).toContain('plugins: [useDurable()]');
  });

  it('a CommonJS configuration, by require', () => {
    const before = "const path = require('path');\n\nmodule.exports = {\n  plugins: [],\n};\n";
    expect(changed('webpack', 'webpack.config.js', before)).toBe(
      "const path = require('path');\nconst { default: UseDurable } = require('use-durable/webpack');\n\nmodule.exports = {\n  plugins: [new UseDurable()],\n};\n",
    );
  });

  it('a file with a hashbang, a header and a directive, below them', () => {
    const header = "#!/usr/bin/env node\n// Ours\n'use strict';\n";
    expect(changed('webpack', 'webpack.config.js', `${header}module.exports = {};\n`)).toContain(
      `${header}const { default: UseDurable } = require`,
    );
    const head = '#!/usr/bin/env node\n// Ours\n';
    expect(changed('Vite', 'vite.config.js', `${head}export default {};\n`)).toContain(
      `${head}import useDurable from`,
    );
  });

  it('a file with Windows line ends', () => {
    expect(
      changed('Vite', 'vite.config.js', 'export default {\r\n  plugins: [\r\n    a,\r\n  ],\r\n};\r\n'),
    ).toBe(
      "import useDurable from 'use-durable/vite';\r\n\r\nexport default {\r\n  plugins: [\r\n    useDurable(),\r\n    a,\r\n  ],\r\n};\r\n",
    );
  });

  it('every call of esbuild', () => {
    const before =
      "import * as esbuild from 'esbuild';\nawait esbuild.build({ bundle: true, plugins: [other()] });\n";
    expect(changed('esbuild', 'build.mjs', before)).toContain('plugins: [useDurable(), other()]');
  });

  it('a configuration that goes through a function', () => {
    const before =
      "import type { NextConfig } from 'next';\n\nconst config: NextConfig = {};\n\nexport default config;\n";
    expect(changed('Next', 'next.config.ts', before)).toBe(
      "import type { NextConfig } from 'next';\nimport { withDurable } from 'use-durable/next';\n\nconst config: NextConfig = {};\n\nexport default withDurable(config);\n",
    );
  });
});

describe('what is too dynamic is left as it is', () => {
  it.each([
    ['a list that is computed', 'export default { plugins: list() };\n'],
    ['a spread that may hold the list', 'export default { ...base };\n'],
    ['several configurations', 'export default [{}, {}];\n'],
    ['a function with several ends', 'export default () => { if (x) return {}; return { plugins: [] }; };\n'],
    ['a merge', 'export default mergeConfig(base, { plugins: [] });\n'],
    ['a name that is taken', "import useDurable from './ours.js';\nexport default { plugins: [] };\n"],
    ['an object from elsewhere', "import config from './base.js';\nexport default config;\n"],
    ['no export', 'console.log({ plugins: [] });\n'],
  ])('%s', (_, before) => {
    expect(changed('Vite', 'vite.config.ts', before)).toBeUndefined();
  });
});
