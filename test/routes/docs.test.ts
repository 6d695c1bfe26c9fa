/** The configurations in docs/routes.md, each in a project of its own, as a reader would copy them. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Project, well } from './support/project.ts';

const page = readFileSync(new URL('../../docs/routes.md', import.meta.url), 'utf8');

/** The blocks that begin with the name of their file. */
const BLOCKS = new Map(
  [...page.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```/gms)].map(([, file = '', code = '']) => [file, code]),
);

const MAIN = `import { createRuntime, memoryStore } from 'use-durable';
import { greet } from './greet.ts';

const runtime = createRuntime({ store: memoryStore() });
console.log(await (await runtime.start(greet, ['ada'])).result());
await runtime.close();
`;

const GREET = `const upper = async (text: string): Promise<string> => text.toUpperCase();

export async function greet(name: string): Promise<string> {
  'use durable';
  return \`hello \${await upper(name)}\`;
}
`;

/** Builds with a configuration of the page; returns the file to run. */
type Build = (project: Project) => string;

const WEBPACK = `import webpack from 'webpack';
import config from './webpack.config.js';
// What a project has of its own beside the lines of the page.
const own = { mode: 'production', output: { filename: 'main.cjs' } };
webpack({ ...config, ...own }, (error, stats) => {
  if (error ?? stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`;

const BUILDS: Readonly<Record<string, Build>> = {
  'vite.config.js': (project) => {
    well(project.bin('vite/bin/vite.js', ['build', '--ssr', 'src/main.ts', '--outDir', 'out']));
    return 'out/main.js';
  },
  'rollup.config.js': (project) => {
    well(project.bin('rollup/dist/bin/rollup', ['-c']));
    return 'out/main.js';
  },
  'tsdown.config.js': (project) => {
    well(project.bin('tsdown/dist/run.mjs', []));
    return 'dist/main.mjs';
  },
  'build.js': (project) => {
    well(project.node(['build.js']));
    return 'out/main.js';
  },
  'webpack.config.js': (project) => {
    project.write('webpack.js', WEBPACK);
    well(project.node(['webpack.js']));
    return 'dist/main.cjs';
  },
};

it.each(Object.entries(BUILDS))('%s', (file, build) => {
  const code = BLOCKS.get(file);
  expect(code).toBeDefined();
  const project = new Project(`docs/${file}`);
  project.write('package.json', '{ "name": "greetings", "type": "module" }');
  project.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'esnext',
        moduleResolution: 'bundler',
        allowImportingTsExtensions: true,
        emitDeclarationOnly: true,
        declaration: true,
        types: ['node'],
        outDir: 'out',
        rootDir: 'src',
      },
      include: ['src'],
    }),
  );
  project.write('src/main.ts', MAIN);
  project.write('src/greet.ts', GREET);
  project.write(file, code ?? '');
  const main = build(project);
  expect(project.read(main)).toContain('greetings/src/greet.ts#greet');
  expect(well(project.node([main])).output.trim()).toBe('hello ADA');
});

it('each block that names a file is tried here or in a test of its own', () => {
  const elsewhere = ['eslint.config.js', 'next.config.js', 'nitro.config.js'];
  expect([...BLOCKS.keys()].sort()).toEqual([...Object.keys(BUILDS), ...elsewhere].sort());
});
