import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FULL, itInFull } from '../../support/tier.ts';
import { Field } from './field.ts';

/** `npm run test:nightly` does more of everything. */
const NIGHTLY = process.env.FAULTS === 'nightly';

let field: Field;
afterEach(() => field.close());

/** Where in its life a worker is killed: from a seed, so that a failure can be looked at again. */
function moments(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

describe('a worker that is killed with SIGKILL', { timeout: NIGHTLY ? 1_200_000 : 300_000 }, () => {
  // In the quick tier behind every third one; what is left at the end is too little to die of.
  const EVERY = FULL ? 1 : 3;

  it(`behind every event of a run (one of ${EVERY})`, async () => {
    field = new Field('order');
    await field.add('run', 'order', [1]);
    let lives = 0;
    while ((await field.count('running')) > 0) {
      const before = (await field.events('run')).length;
      const worker = await field.worker({ dieAfter: EVERY });
      if (worker !== undefined && worker.signalCode === null && worker.exitCode === null)
        await Promise.race([once(worker, 'exit'), field.ended()]);
      await field.observe();
      const written = (await field.events('run')).length - before;
      if ((await field.count('running')) > 0) expect(written).toBe(EVERY);
      else expect(written).toBeLessThanOrEqual(EVERY);
      lives++;
    }
    expect(lives * EVERY).toBeGreaterThan(20);
    await field.check();
  });

  itInFull('at any moment, under the load of 50 runs', async () => {
    const kills = NIGHTLY ? 200 : FULL ? 20 : 6;
    field = new Field('order', 20);
    for (let n = 0; n < 50; n++) await field.add(`run ${n}`, 'order', [n]);
    const moment = moments(kills);
    const isWorking = async (worker: ChildProcess | undefined): Promise<boolean> =>
      worker?.exitCode === null && (await field.count('running')) > 0;
    for (let killed = 0; killed < kills; killed++) {
      // When all is done there is no load any more.
      if ((await field.count('running')) < 25)
        for (let n = 0; n < 25; n++) await field.add(`run ${killed} ${n}`, 'order', [n]);
      const calls = field.effects().length;
      const worker = await field.worker(killed % 2 === 0 ? {} : { parkAfterMs: 5 });
      // By what it has done, and not by time: on a busy machine it would die each time before anything is recorded, and such runs are
      // held back, later and later.
      const last = calls + 1 + moment() * 190;
      while (field.effects().length < last && (await isWorking(worker))) await delay(5);
      await delay(moment() * 20);
      if (worker !== undefined) await field.kill(worker);
    }
    await field.worker();
    await field.ended();
    await field.check();
  });

  itInFull('while another one goes on, in turn', async () => {
    const end = Date.now() + (NIGHTLY ? 60_000 : 8_000);
    field = new Field('order', 10);
    const moment = moments(2);
    let runs = 0;
    let other = await field.worker({ parkAfterMs: 5 });
    while (Date.now() < end) {
      if ((await field.count('running')) < 20)
        for (let n = 0; n < 20; n++) await field.add(`run ${runs++}`, 'order', [n]);
      const next = await field.worker({ parkAfterMs: 5 });
      await delay(moment() * 200);
      if (other !== undefined) await field.kill(other);
      other = next;
    }
    await field.ended();
    await field.check();
    expect(runs).toBeGreaterThan(20);
  });
});
