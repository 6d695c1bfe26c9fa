import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashSweep } from '../../runtime/testing/index.ts';
import { routes } from './client-routes.ts';
import { load, type Program, reportedOf, sources } from './programs.ts';
import { startServers } from './servers/all.ts';

/** The clients that people call most, each against a server: what their calls give is what plain code gets, after any crash. */

const opened: Program[] = [];
let servers: Awaited<ReturnType<typeof startServers>>;

beforeAll(async () => {
  servers = await startServers(routes);
});

afterAll(async () => {
  for (const { close } of opened) await close();
  await servers.stop();
});

async function open(name: string, kind: 'plain' | 'text' | 'tspc'): Promise<Program> {
  const program = await load(name, kind);
  await program.open?.();
  await program.reset?.();
  opened.push(program);
  return program;
}

describe.each(sources('clients').map(({ name }) => name))('%s', (name) => {
  it('is reported nothing of', () => {
    expect(reportedOf(name)).toEqual([]);
  });

  it('gives what plain code gets', async () => {
    const plain = await (await open(name, 'plain')).main();
    for (const kind of ['text', 'tspc'] as const) {
      const { main } = await open(name, kind);
      const { outcome, crashes } = await crashSweep(main, []);
      expect(outcome, kind).toEqual({ status: 'fulfilled', value: plain });
      expect(crashes).toBeGreaterThan(3);
    }
  });
});
