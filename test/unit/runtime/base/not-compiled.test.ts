import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type BuildHost, buildHost, type Signs } from '../../../../runtime/base/build-host.ts';
import { NotCompiledError } from '../../../../runtime/base/errors.ts';
import { neverCompiled } from '../../../../runtime/base/messages/not-compiled.ts';

const MATCHERS = Symbol.for('$$jest-matchers-object');
const TS_NODE = Symbol.for('ts-node.register.instance');

function signs(found: Partial<Omit<Signs, 'has'>> = {}, ...marks: readonly (symbol | string)[]): Signs {
  return {
    env: {},
    argv: ['node', '/app/main.js'],
    execArgv: [],
    versions: {},
    ...found,
    has: (mark) => marks.includes(mark),
  };
}

describe('the tool that loads the code', () => {
  it.each<[BuildHost, string, Signs]>([
    ['compiler', 'nothing', signs()],
    ['compiler', 'the REPL', signs({ argv: ['node'] })],
    ['node', 'a program in TypeScript', signs({ argv: ['node', '/app/main.ts'] })],
    ['node', 'one in CommonJS', signs({ argv: ['node', '/app/main.cts'] })],
    ['tsx', '--import tsx', signs({ execArgv: ['--import', 'tsx'] })],
    ['tsx', '--import=tsx', signs({ execArgv: ['--import=tsx'] })],
    ['tsx', 'tsx/esm', signs({ execArgv: ['--import', 'tsx/esm'] })],
    [
      'tsx',
      'its command',
      signs({
        execArgv: ['--import', 'file:///app/node_modules/tsx/dist/loader.mjs'],
        argv: ['node', '/a.ts'],
      }),
    ],
    ['tsx', 'NODE_OPTIONS', signs({ env: { NODE_OPTIONS: '--no-warnings --import tsx' } })],
    [
      'compiler',
      'a folder whose name ends like that',
      signs({ execArgv: ['--import', '/app/my-tsx/hooks.js'] }),
    ],
    ['ts-node', 'its mark', signs({ argv: ['node', '/app/main.ts'] }, TS_NODE)],
    ['jest', 'its variable and its matchers', signs({ env: { JEST_WORKER_ID: '1' } }, MATCHERS)],
    ['compiler', 'a child of a worker of Jest', signs({ env: { JEST_WORKER_ID: '1' } })],
    [
      'vitest',
      'its worker, which has matchers too',
      signs({ env: { JEST_WORKER_ID: '1' } }, '__vitest_worker__', MATCHERS),
    ],
    ['bun', 'its version', signs({ versions: { bun: '1.4.5' }, argv: ['bun', '/app/main.ts'] })],
    ['next', 'its variable', signs({ env: { NEXT_RUNTIME: 'nodejs' } })],
  ])('%s: %s', (host, _, given) => {
    expect(buildHost(given)).toBe(host);
  });

  it('here it is Vitest', () => {
    expect(new NotCompiledError('The function "f"').message).toContain("from 'use-durable/vite'");
  });
});

describe('the text of a function that nothing has compiled', () => {
  const page = readFileSync(new URL('../../../../docs/routes.md', import.meta.url), 'utf8');

  it.each<[BuildHost, string]>([
    [
      'compiler',
      '"plugins": [{ "name": "use-durable/ls", "transform": "use-durable/tspc", "transformProgram": true }]',
    ],
    ['node', 'node --import use-durable/register app.ts.'],
    ['tsx', 'node --import use-durable/tsx app.ts. The package needs "type": "module"'],
    [
      'ts-node',
      'ts-node loads this program, and use-durable has no part in that. Run it with node --import use-durable/register',
    ],
    ['jest', '"transform": { "\\\\.[cm]?[jt]sx?$": "use-durable/jest" }'],
    ['vitest', "import useDurable from 'use-durable/vite', and plugins: [useDurable()]."],
    ['bun', 'bun --preload use-durable/bun app.ts'],
    ['next', "import { withDurable } from 'use-durable/next'"],
  ])('names the line for %s, and a section that is there', (host, line) => {
    const text = neverCompiled('The function "f"', host);
    expect(text).toMatch(/^The function "f" was not compiled by use-durable, so it can't run durably\. /);
    expect(text).toContain(line);
    const [, section = ''] = /See use-durable\/docs\/routes\.md#([\w-]+)\.$/.exec(text) ?? [];
    const sections = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(/[^\w]+/g, '-'),
    );
    expect(sections).toContain(section);
  });
});
