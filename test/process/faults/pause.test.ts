import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { itInFull } from '../../support/tier.ts';
import { Field } from './field.ts';

const LEASE = { leaseMs: 300 };

let field: Field;
afterEach(() => field.close());

const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await delay(5);
};

describe.skipIf(process.platform !== 'linux')(
  'a worker that stands still for longer than its lease',
  { timeout: 120_000 },
  () => {
    it('stopped until all is done elsewhere, writes nothing and runs nothing more', async () => {
      field = new Field('order', 20);
      for (let n = 0; n < 20; n++) await field.add(`run ${n}`, 'order', [n]);
      const stopped = (await field.worker(LEASE))!;
      await until(() => field.effectsOf(stopped) > 40);
      await field.stop(stopped);
      const other = (await field.worker(LEASE))!;
      await field.ended();
      await field.observe();
      const called = field.effectsOf(stopped);
      const journals = await field.journals();
      expect(field.effectsOf(other)).toBeGreaterThan(0);

      stopped.kill('SIGCONT');
      await field.tell(stopped, 'live');
      await field.tell(stopped, 'close');
      // The signal may have come in the middle of a call, before that wrote its line.
      expect(field.effectsOf(stopped) - called).toBeLessThanOrEqual(1);
      expect(await field.journals()).toEqual(journals);
      await field.check();
    });

    itInFull('stopped until another one is in the middle of its runs, leaves them to that', async () => {
      field = new Field('order', 20);
      for (let n = 0; n < 20; n++) await field.add(`run ${n}`, 'order', [n]);
      const stopped = (await field.worker(LEASE))!;
      await until(() => field.effectsOf(stopped) > 40);
      await field.stop(stopped);
      // It must not lose them again on a busy machine, and must have them all: what it had not come to would be no loss of the first.
      const other = (await field.worker({ leaseMs: 60_000 }))!;
      await until(() => field.runsIn(other).size === 20);
      await field.observe();
      const called = field.effectsOf(stopped);
      stopped.kill('SIGCONT');
      await field.ended();
      await field.tell(stopped, 'live');
      expect(field.effectsOf(stopped)).toBe(called);
      await field.check();

      // It has lost nothing but its runs: the next ones may be its own.
      await field.kill(other);
      await field.add('later', 'order', [1]);
      await field.ended();
      expect(field.effectsOf(stopped)).toBeGreaterThan(called);
      await field.check();
    });

    itInFull('blocked by a step, is done by another one and writes nothing', async () => {
      field = new Field('busy', 10);
      await field.add('blocks', 'blocks', [60_000]);
      for (let n = 0; n < 5; n++) await field.add(`counts ${n}`, 'counts', [n]);
      const blocked = (await field.worker(LEASE))!;
      await until(() => field.effects().some(({ key }) => key === 'busy'));
      const other = (await field.worker(LEASE))!;
      await field.ended();
      const journals = await field.journals();
      expect(field.effects().filter(({ key }) => key === 'busy')).toMatchObject([
        { pid: blocked.pid },
        { pid: other.pid },
      ]);
      field.release();
      await field.tell(blocked, 'live');
      expect(await field.journals()).toEqual(journals);
      await field.check();
    });

    itInFull('blocked by a step with nobody else there, goes on', async () => {
      field = new Field('busy', 10);
      await field.add('blocks', 'blocks', [1_000]);
      for (let n = 0; n < 5; n++) await field.add(`counts ${n}`, 'counts', [n]);
      await field.worker(LEASE);
      await field.ended();
      expect(field.effects().filter(({ key }) => key === 'busy')).toHaveLength(1);
      await field.check();
    });
  },
);

describe('a process that keeps the file locked', { timeout: 120_000 }, () => {
  // It takes longer than the others wait for it, which is 5 s.
  it.skipIf(process.env.FAULTS !== 'nightly')(
    'for long stops the runs of others until it lets go',
    async () => {
      field = new Field('order', 20);
      for (let n = 0; n < 20; n++) await field.add(`run ${n}`, 'order', [n]);
      const worker = (await field.worker())!;
      await until(() => field.effectsOf(worker) > 40);
      const db = new DatabaseSync(field.path);
      db.exec('pragma busy_timeout = 5000; begin immediate');
      await delay(7_000);
      db.exec('rollback');
      db.close();
      await field.observe();
      await field.ended();
      await field.check();
    },
  );
});
