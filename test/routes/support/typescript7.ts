/** The routes as a project has them whose TypeScript is 7. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Project } from './project.ts';
import { durableBuild, ROUTES, type Route, rollup, scripted, webpack } from './routes.ts';

/** An install with TypeScript 7.0 and its companion. */
export const BESIDE_7 = fileURLToPath(new URL('../typescript7', import.meta.url));

/** The later version that was compared with version 6. */
export const SEVEN_1 = join(BESIDE_7, 'node_modules/typescript71');

const COMPANION = '@typescript/typescript6';

/** `@rollup/plugin-typescript` can't be loaded beside TypeScript 7. */
const STRIP = [
  `import { transform } from 'esbuild';`,
  `{ name: 'strip', transform: (code, id) => transform(code, { sourcefile: id, loader: 'ts', sourcemap: true }) }`,
] as const;

const TS_LOADER = `loader: 'ts-loader', options: { transpileOnly: true, compiler: '${COMPANION}' }`;

/** Those that are other than on TypeScript 6. */
const OWN: readonly Route[] = [
  scripted('rollup', 'out/main.js', rollup(...STRIP)),
  scripted('webpack', 'out/main.mjs', webpack('webpack', TS_LOADER, false)),
];

/** All but ts-patch, which TypeScript 7 has no place for, and what differs in its minifier alone. */
export const ROUTES_ON_7: readonly Route[] = ROUTES.filter(
  ({ name }) => name !== 'tspc' && !name.endsWith('minified'),
).map((route) => OWN.find(({ name }) => name === route.name) ?? route);

/** `durable build` by the TypeScripts that take no plugins. */
export const BUILDS_ON_7: readonly Route[] = [
  {
    ...durableBuild,
    name: 'durable build beside TypeScript 7',
    project: (path) => Project.ofCorpus(path, BESIDE_7),
  },
  {
    ...durableBuild,
    name: 'durable build by TypeScript 7.1',
    project: (path) => Project.ofCorpus(path).installCopy(SEVEN_1),
  },
];
