/** Texts of functions that nothing has compiled. */
import { type BuildHost, buildHost } from '../build-host.ts';

interface Way {
  /** What to change where this tool loads the code. */
  readonly advice: string;
  /** The section of the page on routes. */
  readonly section: string;
}

const ways: Readonly<Record<BuildHost, Way>> = {
  compiler: {
    advice:
      `Compile with \`tspc\` (ts-patch) and this entry in tsconfig.json: "plugins": [{ "name": "use-durable/ls", ` +
      `"transform": "use-durable/tspc", "transformProgram": true }]. Plain \`tsc\` silently ignores that entry. Bundlers need the plugin use-durable/vite, /rollup, ` +
      `/rolldown, /esbuild, /webpack or /rspack in their configuration. NestJS needs "use-durable/nest" in the plugins of ` +
      `nest-cli.json and its builder tsc: the builder swc calls no plugins.`,
    section: 'build-routes',
  },
  node: {
    advice:
      'Node loads this program as it is. Let use-durable compile it: node --import use-durable/register app.ts.',
    section: 'node',
  },
  tsx: {
    advice:
      'tsx loads this program. Let use-durable have the files first: node --import use-durable/tsx app.ts. The package needs ' +
      '"type": "module" in its package.json: files of CommonJS packages are read by tsx itself.',
    section: 'tsx',
  },
  'ts-node': {
    advice:
      'ts-node loads this program, and use-durable has no part in that. Run it with node --import use-durable/register app.ts.',
    section: 'node',
  },
  jest: {
    advice:
      'Jest loads this program. Add to its configuration: "transform": { "\\\\.[cm]?[jt]sx?$": "use-durable/jest" }. ' +
      'ts-jest needs compiler: "ts-patch/compiler".',
    section: 'jest',
  },
  vitest: {
    advice:
      `Vitest loads this program. Add the plugin to its configuration: import useDurable from 'use-durable/vite', and ` +
      `plugins: [useDurable()].`,
    section: 'vite-and-vitest',
  },
  bun: {
    advice:
      'Bun loads this program. Run it with bun --preload use-durable/bun app.ts, or add preload = ["use-durable/bun"] to bunfig.toml. ' +
      'A worker needs the option preload: ["use-durable/bun"] itself. Files that may be CommonJS (.cts) are not compiled.',
    section: 'bun',
  },
  next: {
    advice:
      "Next has built this program. In next.config: import { withDurable } from 'use-durable/next', and export default withDurable({ ... }).",
    section: 'next',
  },
};

/** @param host the tool that loads the code, whose configuration is to be changed */
export function neverCompiled(what: string, host: BuildHost = buildHost()): string {
  const { advice, section } = ways[host];
  return (
    `${what} was not compiled by use-durable, so it can't run durably. ${advice} Check too that the function starts with ` +
    `'use durable', and that the compiler reported no UD error in its file. What a decorator put in the place of a durable ` +
    `method is plain code; start a method that has none. See use-durable/docs/routes.md#${section}.`
  );
}
