import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { script } from '../../../support/bundles.ts';
import { sample } from '../../../support/tier.ts';

const child = script(new URL('killed-child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'use-durable-told-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Line {
  readonly type?: string;
  readonly key?: string;
  readonly span?: string;
  readonly trace?: string;
  readonly result?: unknown;
}

/** What is not recorded, and so happens in each process. */
const UNRECORDED = new Set(['step-started', 'run-taken-up', 'run-stopped']);

it.each(sample([4, 1], 2))(
  'processes that are killed after each %i things they are told tell nothing recorded twice, in one trace',
  (count) => {
    const log = join(folder, `${count}.log`);
    const read = (): Line[] =>
      readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Line);
    let deaths = 0;
    for (;;) {
      const { status, signal, stderr } = spawnSync(process.execPath, [
        child,
        join(folder, `${count}.db`),
        log,
        // Taking it up is told as well; without a life that gets further nothing would ever end.
        String(count + (deaths === 0 ? 0 : 2)),
      ]);
      if (signal !== 'SIGKILL') {
        expect(status, String(stderr)).toBe(0);
        break;
      }
      deaths++;
      // If no life got any further, this would never end.
      expect(deaths, 'deaths before the run is over').toBeLessThan(100);
    }
    const lines = read();
    expect(deaths).toBeGreaterThan(0);
    expect(lines.filter(({ result }) => result !== undefined)).toEqual([{ result: [1, 2] }]);
    const recorded = lines.filter(({ type }) => type !== undefined && !UNRECORDED.has(type));
    const names = recorded.map(({ type, key }) => `${type} ${key ?? ''}`);
    expect(new Set(names).size, names.join('\n')).toBe(names.length);
    expect(new Set(lines.flatMap(({ trace }) => trace ?? [])).size).toBe(1);
  },
);
