import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRuntime, fileStore } from '../../runtime/index.ts';
import { load, type Program } from './programs.ts';
import { routes } from './routes.ts';
import { startServers } from './servers/all.ts';

/** Real processes with real packages, each killed by SIGKILL behind the first event that it writes, until the run has ended. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const opened: Program[] = [];
let servers: Awaited<ReturnType<typeof startServers>>;
let folder: string;

beforeAll(async () => {
  servers = await startServers(routes);
  mkdirSync(here('.tmp'), { recursive: true });
  folder = mkdtempSync(here('.tmp/killed-'));
});

afterAll(async () => {
  for (const { close } of opened) await close();
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function open(name: string, kind: 'plain' | 'tspc'): Promise<Program> {
  const program = await load(name, kind);
  opened.push(program);
  await program.open?.();
  servers.web.clear();
  await program.reset?.();
  return program;
}

/** How a process ended. What it printed belongs to the report of a failure. */
async function live(
  path: string,
  name: string,
): Promise<{ readonly how: unknown; readonly printed: string }> {
  const child = spawn(process.execPath, [here('worker.ts'), path, here(`.tspc/${name}.mjs`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  const [code, signal] = await once(child, 'close');
  return { how: signal ?? code, printed };
}

/** `in order`: nothing is under way beside what a process dies behind, so nothing is asked for twice. */
const PROGRAMS = [
  ['good-code-intake-pg-axios', 'at a time'],
  ['good-code-orders-pg', 'in order'],
  ['good-code-payments-axios', 'in order'],
  ['good-code-webhook-mongodb', 'in order'],
] as const;

describe.each(PROGRAMS)('%s, killed behind every event', { timeout: 300_000 }, (name, order) => {
  it('does what plain code does', async () => {
    const plain = await open(name, 'plain');
    const value = await plain.main();
    const left = await plain.outside?.();
    const asked = [...servers.web.asked];

    const program = await open(name, 'tspc');
    const path = join(folder, `${name}.db`);
    const store = fileStore(path);
    let events = 0;
    for (let lives = 1; ; lives++) {
      const { how, printed } = await live(path, name);
      if (how === 0) break;
      expect(how, printed).toBe('SIGKILL');
      const run = await store.load('run');
      // What starts a run is no append.
      expect(run?.events.length).toBe(lives === 1 ? 2 : events + 1);
      events = run?.events.length ?? 0;
    }
    expect(events).toBeGreaterThan(6);
    const runtime = createRuntime({ store });
    expect(await (await runtime.get('run'))?.result()).toEqual(value);
    await runtime.close();
    await store.close();
    expect(await program.outside?.()).toEqual(left);
    const requests = servers.web.asked;
    if (order === 'in order') expect(requests).toEqual(asked);
    else expect(new Set(requests.map(({ path }) => path))).toEqual(new Set(asked.map(({ path }) => path)));
  });
});
