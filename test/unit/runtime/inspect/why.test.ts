import { describe, expect, it } from 'vitest';
import { commandOf } from '../../../../runtime/inspect/actions.ts';
import type { Facts, Reason } from '../../../../runtime/inspect/reason.ts';
import { whyOf } from '../../../../runtime/inspect/why.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { NO_CRASHES } from '../../../../runtime/stores/crashes.ts';
import type { Standing, WorkerFacts } from '../../../../runtime/stores/inspect-source.ts';
import type { RunStatus } from '../../../../runtime/stores/store.ts';
import { MANIFESTS, record, START, started, step } from './order.ts';

const at = (ms: number) => START + ms;
const FOR_EVER = Number.POSITIVE_INFINITY;
const alive: WorkerFacts = { worker: 'w1', pid: 1, host: 'h', leaseUntil: at(99_000), state: 'alive' };
const standing = (more: Partial<Standing> = {}): Standing => ({
  claimedAt: 0,
  wakeAt: FOR_EVER,
  crashes: NO_CRASHES,
  ...more,
});
const facts = (more: Partial<Facts> = {}): Facts => ({
  now: at(10_000),
  standing: standing(),
  workers: 1,
  others: [],
  messages: [],
  ...more,
});

interface Case {
  readonly status?: RunStatus;
  readonly reason?: string;
  readonly known?: boolean;
}

const why = (
  events: readonly JournalEvent[],
  given: Partial<Facts> = {},
  { status, reason, known = true }: Case = {},
) =>
  whyOf(
    {
      record: record(status, reason ?? null),
      events: [started, ...events],
      manifests: known ? MANIFESTS : new Map(),
    },
    facts(given),
  );
const commands = ([reason]: readonly Reason[]) =>
  reason?.ways.flatMap(({ action }) => (action === undefined ? [] : [commandOf(action)]));

const paid: readonly JournalEvent[] = [
  step('lines.map/stock', 100),
  {
    type: 'received',
    key: 'waitFor',
    ok: true,
    value: '1j1',
    channel: 'signal:approved',
    message: 1,
    at: at(200),
  },
  step('charge', 1000),
];
const owned = { standing: standing({ owner: alive, wakeAt: 0 }) };

describe('what a run waits for', () => {
  it('is a sleep', () => {
    const reasons = why([...paid, { type: 'wait-set', key: 'sleep', until: at(90_000), at: at(1100) }]);
    expect(reasons).toMatchObject([
      {
        kind: 'sleep',
        key: 'sleep',
        since: at(1100),
        until: at(90_000),
        place: { file: 'src/order.ts', line: 19 },
      },
    ]);
    expect(commands(reasons)).toEqual(['durable cancel order-7']);
  });

  it('is a signal, whose wait is not recorded unless it has a time limit', () => {
    const reasons = why([step('lines.map/stock', 100)]);
    const signal = reasons.find(({ kind }) => kind === 'signal');
    expect(signal).toMatchObject({
      name: 'approved',
      byCode: true,
      since: at(100),
      place: { line: 6, column: 20 },
    });
    expect(commands([signal!])).toEqual(['durable signal order-7 approved JSON']);
    const limited = why([...paid, { type: 'expiry-set', key: 'waitFor#2', until: at(99), at: at(60) }]);
    expect(limited).toMatchObject([{ kind: 'signal', name: 'receipt', until: at(99), since: at(60) }]);
    expect(limited[0]).not.toHaveProperty('byCode');
  });

  it('is the answer to a callback', () => {
    const reasons = why([
      ...paid,
      { type: 'callback-created', key: 'createCallback', token: 'T-1', until: at(99_000), at: at(2000) },
      step('ask', 3000),
    ]);
    expect(reasons).toMatchObject([
      { kind: 'callback', title: 'question.result()', token: 'T-1', until: at(99_000), place: { line: 13 } },
    ]);
    expect(commands(reasons)).toEqual(['durable settle T-1 JSON']);
  });

  it('is another run', () => {
    const events: readonly JournalEvent[] = [
      ...paid,
      { type: 'child-started', key: 'startChild', ok: true, value: '1d-1', at: at(2000) },
    ];
    const child = { ...record(), id: 'order-7/startChild' };
    expect(why(events, { others: [child] })).toMatchObject([{ kind: 'child', name: 'order-7/startChild' }]);
    expect(commands(why(events, { others: [child] }))).toEqual(['durable why order-7/startChild']);
    // An id that the code gave it.
    expect(why(events, { others: [{ ...child, id: 'mine' }] })[0]?.name).toBe('mine');
    expect(why(events)[0]?.text).toBe('It waits for another run.');
  });

  it('is the next attempt of a step', () => {
    const failed: JournalEvent = {
      type: 'attempt-failed',
      key: 'ship',
      attempt: 2,
      value: '1d["no"]',
      startedAt: at(1100),
      at: at(1200),
      retryAt: at(50_000),
      worker: 'w1',
    };
    expect(why([...paid, failed])).toMatchObject([
      { kind: 'retry', key: 'ship', attempts: 2, error: '1d["no"]', since: at(1200), until: at(50_000) },
    ]);
    expect(why([...paid, failed], { now: at(60_000), ...owned })[0]).toMatchObject({ kind: 'step' });
  });

  it('is a step that is under way, by the code', () => {
    const reasons = why(paid, owned);
    expect(reasons.map(({ kind, title, byCode }) => [kind, title, byCode])).toEqual([
      ['step', 'ship(lines)', true],
    ]);
    const failed = why([...paid.slice(0, 2), step('charge', 1000, { ok: false })], owned);
    expect(failed.map(({ title }) => title)).toEqual(['refund(lines)']);
  });

  it('is a step that is called at most once, by the journal', () => {
    const begun: JournalEvent = { type: 'step-started', key: 'ship', attempt: 1, at: at(1500), worker: 'w1' };
    expect(why([...paid, begun], owned)).toMatchObject([{ kind: 'step', key: 'ship', since: at(1500) }]);
  });

  it('is a worker', () => {
    const due = why(paid, { standing: standing({ wakeAt: at(5000) }), workers: 0 });
    expect(due[0]).toMatchObject({ kind: 'worker', since: at(5000) });
    expect(due[0]?.text).toContain('No worker is alive.');
    expect(why(paid, { standing: standing({ wakeAt: 0 }), workers: 2 })[0]?.text).toContain('alive: 2');
    const gone = why(paid, { standing: standing({ owner: { worker: 'w0', state: 'gone' } }), workers: 0 });
    expect(gone[0]).toMatchObject({ kind: 'worker-gone', name: 'w0' });
    const stopped = why(paid, { standing: standing({ owner: { ...alive, state: 'stopped' } }) });
    expect(stopped[0]).toMatchObject({ kind: 'worker-stopped', name: 'w1' });
  });

  it('is its turn, after crashes', () => {
    const crashes = { ...NO_CRASHES, count: 3, doing: 'it had called "ship"' };
    const held = why(paid, { standing: standing({ wakeAt: at(20_000), crashes }) });
    expect(held[0]).toMatchObject({ kind: 'held-back', until: at(20_000) });
    expect(held[0]?.text).toContain('it had called "ship"');
    expect(commands(held)).toEqual(['durable resume order-7']);
  });

  it('is a person, if it is blocked', () => {
    const reason = "It can't resume. `resume(id, { accept: 'lITx' })` accepts the order of this code.";
    const reasons = why(paid, {}, { status: 'blocked', reason });
    expect(reasons).toMatchObject([{ kind: 'blocked', text: reason }]);
    expect(commands(reasons)).toEqual([
      'durable resume order-7 --accept lITx',
      'durable resume order-7',
      'durable rerun order-7',
    ]);
  });

  it('is nothing, if it has ended', () => {
    const end: JournalEvent = { type: 'run-ended', ok: false, value: '1d["no"]', at: at(3000) };
    const reasons = why([...paid, end], {}, { status: 'failed' });
    expect(reasons).toMatchObject([{ kind: 'ended', since: at(3000), error: '1d["no"]' }]);
    expect(commands(reasons)).toEqual(['durable resume order-7', 'durable rerun order-7']);
    expect(commands(why([...paid, { ...end, ok: true }], {}, { status: 'completed' }))).toEqual([]);
  });

  it('is no guess where the store has no manifest, as of 0.1.0', () => {
    expect(why(paid, owned, { known: false })).toEqual([]);
  });
});

it('commands are quoted for a shell', () => {
  expect(commandOf({ type: 'signal', run: "it's me", name: '-x' })).toBe(
    `durable signal 'it'\\''s me' '-x' JSON`,
  );
  expect(commandOf({ type: 'cancel', run: 'order-7/startChild' })).toBe('durable cancel order-7/startChild');
});
