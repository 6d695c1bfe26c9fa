import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { crashSweep } from '../../runtime/testing/index.ts';
import { load, type Program, reportedOf, sources } from './programs.ts';
import { routes } from './routes.ts';
import { startServers } from './servers/all.ts';

/**
 * Ordinary programs with real packages: nothing is reported of them, and compiled, after any crash, they do what the plain
 * ones do, and leave their databases and the servers that they call as those do.
 */

const opened: Program[] = [];
let servers: Awaited<ReturnType<typeof startServers>>;

beforeAll(async () => {
  servers = await startServers(routes);
});

// The server of Postgres takes so many connections, and no more.
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

afterAll(() => servers.stop());

async function open(name: string, kind: 'plain' | 'text' | 'tspc'): Promise<Program> {
  const program = await load(name, kind);
  await program.open?.();
  opened.push(program);
  servers.web.clear();
  await program.reset?.();
  return program;
}

const names = sources('good-code').map(({ name }) => name);

describe.each(names)('%s', (name) => {
  it('is reported nothing of', () => {
    expect(reportedOf(name)).toEqual([]);
  });

  it('does what plain code does', async () => {
    const plain = await open(name, 'plain');
    const [outcome] = await Promise.allSettled([plain.main()]);
    const left = await plain.outside?.();
    const asked = [...servers.web.asked];
    for (const kind of ['text', 'tspc'] as const) {
      const program = await open(name, kind);
      const sweep = await crashSweep(program.main, []);
      expect(sweep.outcome, kind).toEqual(outcome);
      expect(await program.outside?.(), kind).toEqual(left);
      expect(servers.web.asked, kind).toEqual(asked);
      expect(sweep.crashes).toBeGreaterThan(2);
    }
  });
});

it('there are some', () => expect(names.length).toBeGreaterThan(15));
