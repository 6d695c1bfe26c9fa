import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createRuntime,
  fileStore,
  MisuseError,
  memoryStore,
  RuntimeClosedError,
} from '../../../../runtime/index.ts';
import { script } from '../../../support/bundles.ts';
import { sample } from '../../../support/tier.ts';

const closing = script(new URL('closing.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'use-durable-closing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const situations = JSON.parse(
  spawnSync(process.execPath, [closing, 'list'], { encoding: 'utf8' }).stdout,
) as readonly string[];

/** Longer than anything that a process may have to do here, and shorter than what could keep it. */
const PATIENCE_MS = 50_000;

/** What a process says in this situation, and whether it ended by itself. */
async function run(situation: string, path: string): Promise<string> {
  const child = spawn(process.execPath, [closing, situation, path], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += chunk;
    });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  clearTimeout(timer);
  return `${said.trim()}, ${signal === null ? `ended with ${code}` : 'had to be killed'}`;
}

describe('a process ends by itself after close(), where', () => {
  for (const [i, situation] of sample(situations, 6).entries()) {
    it.concurrent(situation, { timeout: 120_000 }, async () => {
      // The first stands for what was seen; of the others each store has half.
      const paths = ['memory:', join(folder, `${i}.db`)];
      for (const path of i === 0 ? paths : paths.slice(i % 2, (i % 2) + 1))
        expect(await run(situation, path), path).toBe('closed, ended with 0');
    });
  }
});

describe('close()', () => {
  it('leaves the store open, and closes it where it is told to', async () => {
    for (const open of [() => memoryStore(), () => fileStore(join(folder, 'store.db'))]) {
      const store = open();
      await createRuntime({ store }).close();
      expect(await store.list()).toEqual([]);
      const runtime = createRuntime({ store });
      await runtime.close();
      // A second call may still ask for it; a third finds it done.
      await runtime.close({ store: true });
      await runtime.close({ store: true });
      await expect((async () => store.list())()).rejects.toThrow(RuntimeClosedError);
    }
  });

  it('closes the store also where it can no longer be written to', async () => {
    const store = memoryStore();
    const runtime = createRuntime({ store });
    store.release = () => {
      throw new Error('disk full');
    };
    await expect(runtime.close({ store: true })).rejects.toThrow('disk full');
    await expect((async () => store.list())()).rejects.toThrow(RuntimeClosedError);
  });

  it.each([
    { store: 'yes' },
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
    { timeoutMs: '5s' },
    { timeout: 1 },
  ])('refuses %o', async (options) => {
    const runtime = createRuntime({ store: memoryStore() });
    await expect(runtime.close(options as never)).rejects.toThrow(MisuseError);
    await runtime.close();
  });
});
