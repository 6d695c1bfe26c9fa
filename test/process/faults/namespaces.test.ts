import { type ChildProcess, spawnSync } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { itInFull, sample } from '../../support/tier.ts';
import { Field } from './field.ts';

/** A PID namespace of its own, with its own `/proc`, and the host's name: a container that shares the name. */
const CONTAINER = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
/** The same, where `/proc` still shows the processes of the host. */
const WITHOUT_PROC = ['unshare', '--pid', '--fork', '--kill-child'];

const probe = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), 'true']);
if (probe.status !== 0) {
  console.warn(
    `Skipped: no PID namespace can be made here (${probe.error ?? probe.stderr.toString().trim()})`,
  );
}

let field: Field;
afterEach(() => field.close());

/** Nobody has a transaction open that writes. */
function isFree(): boolean {
  const db = new DatabaseSync(field.path);
  try {
    db.exec('begin immediate; rollback');
    return true;
  } catch {
    return false;
  } finally {
    db.close();
  }
}

/** Stops a worker between two transactions, since nobody else could write during one; gives what lets it go on. */
async function freeze(worker: ChildProcess): Promise<() => void> {
  for (;;) {
    const goOn = field.freeze(worker);
    if (isFree()) return goOn;
    goOn();
    await delay(5);
  }
}

describe.skipIf(probe.status !== 0)('workers that do not see each other', { timeout: 120_000 }, () => {
  it.each(
    sample(
      [
        ['in two namespaces with one host name', CONTAINER, CONTAINER],
        ['one of them on the host itself', [], CONTAINER],
        ['with the processes of the host in /proc', WITHOUT_PROC, WITHOUT_PROC],
      ] as const,
      3,
    ),
  )('%s, steal nothing from each other', async (_, one, other) => {
    field = new Field('order', 10);
    // Both are there before there is anything to do. They part the runs by what each takes up again after a wait.
    await field.worker({ parkAfterMs: 5, maxRuns: 4 }, one);
    await field.worker({ parkAfterMs: 5, maxRuns: 4 }, other);
    for (let n = 0; n < 12; n++) await field.add(`run ${n}`, 'order', [n]);
    await field.ended();
    await field.check();
    const calls = field.effects().map(({ run, key, attempt }) => `${run} ${key} ${attempt}`);
    expect(calls.length).toBeGreaterThan(100);
    expect((await field.workers()).size).toBe(2);
    expect(calls.length, 'each step was called once').toBe(new Set(calls).size);
  });

  it('take over by the lease', async () => {
    field = new Field('order', 10);
    for (let n = 0; n < 6; n++) await field.add(`run ${n}`, 'order', [n]);
    const first = (await field.worker({ leaseMs: 500 }, CONTAINER))!;
    while (field.effects().length < 12) await delay(5);
    await field.kill(first);
    await field.worker({ leaseMs: 500 }, CONTAINER);
    await field.ended();
    await field.check();
  });

  it.each(
    sample(
      [
        ['that is short', { leaseMs: 500 }],
        ['that holds as long as by default', {}],
      ] as const,
      2,
    ),
  )('take over what a worker had that stands still, by a lease %s', async (_, options) => {
    field = new Field('order', 10);
    const first = (await field.worker(options, CONTAINER))!;
    for (let n = 0; n < 6; n++) await field.add(`run ${n}`, 'order', [n]);
    while (field.effects().length < 12) await delay(5);
    const goOn = await freeze(first);
    await field.worker(options, CONTAINER);
    await field.ended();
    const calls = field.effects().length;
    expect((await field.workers()).size).toBe(2);
    goOn();
    await field.tell(first, 'live');
    // All is recorded by then. The signal may have come in the middle of a call, before that wrote its line.
    expect(field.effects().length - calls, 'it calls nothing more').toBeLessThanOrEqual(1);
    await field.check();
  });

  itInFull('keep what they have by default while a step blocks them for 9 s', async () => {
    field = new Field('busy', 10);
    await field.worker({}, CONTAINER);
    await field.add('blocks', 'blocks', [9_000]);
    while (!field.effects().some(({ key }) => key === 'busy')) await delay(5);
    await field.worker({}, CONTAINER);
    await field.ended();
    expect(field.effects().map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    expect((await field.workers()).size).toBe(1);
    await field.check();
  });
});
