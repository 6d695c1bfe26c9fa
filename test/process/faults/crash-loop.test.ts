import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntime } from '../../../runtime/index.ts';
import { itInFull } from '../../support/tier.ts';
import { importProgram } from './compile.ts';
import { Field, withNodeOptions } from './field.ts';

/** `npm run test:nightly` does more of everything. */
const NIGHTLY = process.env.FAULTS === 'nightly';

/** So that out of memory comes soon. */
const SMALL_HEAP = withNodeOptions('--max-old-space-size=100');

let field: Field;
afterEach(() => field.close());

const blocked = async (id: string): Promise<string> => {
  for (;;) {
    const record = await field.store.record(id);
    if (record?.status === 'blocked') return record.reason!;
    await delay(20);
  }
};

describe('a run that kills its workers', { timeout: 240_000 }, () => {
  it.each(NIGHTLY ? ['abort', 'exit', 'kill', 'later', 'memory'] : ['later'])(
    'by "%s" is blocked by name, and all others go on',
    async (how) => {
      field = new Field('deadly', 5);
      await field.add('killer', 'kills', [how]);
      for (let n = 0; n < 10; n++) await field.add(`run ${n}`, 'quick', [n]);
      await field.add('slow', 'slow', [500]);
      field.supervise(2, { maxCrashes: 3 }, SMALL_HEAP);
      const reason = await blocked('killer');
      await field.completed(11);
      expect(reason).toMatch(/^Run "killer" is in a crash loop: \d+ times in a row .*deadly/);
      expect(reason).toContain('it had called "deadly", behind "act"');
      expect(await field.events('killer')).toHaveLength(2);
      const calls = field.effects().filter(({ run, key }) => run === 'killer' && key === 'deadly').length;
      // The first time may count for nothing, and the one that blocks it doesn't call it.
      expect(calls).toBeGreaterThanOrEqual(3);
      expect(calls).toBeLessThanOrEqual(9);
    },
  );

  itInFull(
    'leaves those alone that come to it by start(), handles and recover(), and goes on after resume()',
    async () => {
      field = new Field('deadly', 5);
      await field.add('killer', 'kills', ['abort']);
      field.supervise(1, { maxCrashes: 2 });
      await blocked('killer');
      await field.unsupervise();
      const runtime = createRuntime({ store: field.store });
      const { kills } = (await importProgram('compiled', 'deadly')) as Record<string, never>;
      const started = await runtime.start(kills!, ['abort'], { id: 'killer' });
      await expect(started.result()).rejects.toMatchObject({ code: 'CRASH_LOOP', runId: 'killer' });
      expect(await runtime.recover()).toEqual([]);
      expect(await started.status()).toBe('blocked');
      // In this process it does no harm.
      const resumed = await runtime.resume('killer');
      await expect(resumed.result()).resolves.toEqual(['before 2', 'alive']);
      await runtime.close();
    },
  );
});

describe('innocent runs', { timeout: 240_000 }, () => {
  it('are not blamed for workers that are killed again and again in the middle of their steps', async () => {
    field = new Field('deadly');
    for (let n = 0; n < (NIGHTLY ? 1_000 : 40); n++) await field.add(`run ${n}`, 'slow', [300]);
    for (let killed = 0; killed < 6; killed++) {
      const worker = await field.worker();
      await delay(100);
      if (worker !== undefined) await field.kill(worker);
      expect(await field.count('blocked')).toBe(0);
    }
    await field.worker();
    await field.ended();
    await field.check();
  });

  itInFull('that are beside a killer in long steps go on when that is blocked', async () => {
    field = new Field('deadly');
    await field.add('killer', 'kills', ['abort']);
    for (let n = 0; n < 5; n++) await field.add(`slow ${n}`, 'slow', [1_000]);
    field.supervise(1, { maxCrashes: 3 });
    await blocked('killer');
    await field.completed(5);
  });
});
