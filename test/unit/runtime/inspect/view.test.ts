import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../runtime/functions/manifest.ts';
import { valueIn, viewOf } from '../../../../runtime/inspect/view.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { MANIFESTS, record, START, started, step } from './order.ts';

const view = (events: readonly JournalEvent[], manifests: ReadonlyMap<string, Manifest> = MANIFESTS) =>
  viewOf({ record: record(), events: [started, ...events], manifests });
const rowOf = (events: readonly JournalEvent[], key: string) =>
  view(events).rows.find((row) => row.key === key);
const at = (ms: number) => START + ms;

describe('the rows of a journal', () => {
  it('are steps with their places, titles, attempts and outcomes', () => {
    const failed: JournalEvent = {
      type: 'attempt-failed',
      key: 'charge',
      attempt: 1,
      value: '1d["no"]',
      startedAt: at(1000),
      at: at(1200),
      retryAt: at(5000),
      worker: 'w1',
    };
    const waiting = rowOf([failed], 'charge');
    expect(waiting).toMatchObject({
      kind: 'step',
      title: 'charge(lines)',
      label: 'Take the money',
      fn: 'shop/src/order.ts#order',
      place: { file: 'src/order.ts', line: 9, column: 11 },
      state: 'waiting',
      startedAt: at(1000),
      until: at(5000),
      attempts: [
        { number: 1, startedAt: at(1000), endedAt: at(1200), error: { text: '1d["no"]' }, nextAt: at(5000) },
      ],
    });
    expect(waiting).not.toHaveProperty('endedAt');
    const done = rowOf([failed, step('charge', 6000, { attempt: 2 })], 'charge');
    expect(done).toMatchObject({
      state: 'done',
      startedAt: at(1000),
      endedAt: at(6000),
      value: { size: 3, text: '1j1' },
    });
    expect(done?.attempts.map(({ number }) => number)).toEqual([1, 2]);
    expect(done).not.toHaveProperty('until');
    expect(rowOf([step('charge', 10, { ok: false })], 'charge')).toMatchObject({
      state: 'failed',
      error: { text: '1j1' },
      attempts: [{ error: { text: '1j1' } }],
    });
  });

  it('are a step that is called at most once, from its beginning on', () => {
    const begun: JournalEvent = { type: 'step-started', key: 'charge', attempt: 1, at: at(5), worker: 'w1' };
    expect(rowOf([begun], 'charge')).toMatchObject({
      state: 'running',
      startedAt: at(5),
      attempts: [{ number: 1 }],
    });
    const both = rowOf([begun, step('charge', 900)], 'charge');
    expect(both?.attempts).toEqual([{ number: 1, worker: 'w1', startedAt: at(400), endedAt: at(900) }]);
  });

  it('are scopes with what is inside of them', () => {
    const { rows } = view([step('lines.map/stock', 2000), step('lines.map[1]/stock', 1800)]);
    expect(rows.map(({ key, kind, depth, parent }) => [key, kind, depth, parent])).toEqual([
      ['lines.map[1]', 'scope', 0, undefined],
      ['lines.map[1]/stock', 'step', 1, 'lines.map[1]'],
      ['lines.map', 'scope', 0, undefined],
      ['lines.map/stock', 'step', 1, 'lines.map'],
    ]);
    expect(rows[0]).toMatchObject({ startedAt: at(1300), endedAt: at(1800), state: 'done' });
    expect(rows[1]?.place).toEqual({ file: 'src/order.ts', line: 5, column: 53 });
  });

  it('are waits: sleeps, signals, callbacks, other runs', () => {
    const set: JournalEvent = { type: 'wait-set', key: 'sleep', until: at(9000), at: at(10) };
    expect(rowOf([set], 'sleep')).toMatchObject({
      kind: 'sleep',
      state: 'waiting',
      startedAt: at(10),
      until: at(9000),
    });
    const fired: JournalEvent = { type: 'wait-fired', key: 'sleep', at: at(9001), worker: 'w1' };
    expect(rowOf([set, fired], 'sleep')).toMatchObject({ state: 'done', endedAt: at(9001) });

    const signal: JournalEvent = {
      type: 'received',
      key: 'waitFor',
      ok: true,
      value: '1j"me"',
      channel: 'signal:approved',
      message: 1,
      at: at(50),
    };
    // Only its end is recorded.
    const received = rowOf([signal], 'waitFor');
    expect(received).toMatchObject({ kind: 'signal', name: 'approved', state: 'done', endedAt: at(50) });
    expect(received).not.toHaveProperty('startedAt');
    const limit: JournalEvent = { type: 'expiry-set', key: 'waitFor#2', until: at(100), at: at(60) };
    expect(rowOf([limit], 'waitFor#2')).toMatchObject({ kind: 'signal', state: 'waiting', until: at(100) });
    const over: JournalEvent = { type: 'expired', key: 'waitFor#2', at: at(101), worker: 'w1' };
    expect(rowOf([limit, over], 'waitFor#2')).toMatchObject({
      state: 'failed',
      expired: true,
      endedAt: at(101),
    });

    const created: JournalEvent = {
      type: 'callback-created',
      key: 'createCallback',
      token: 'T',
      until: at(99),
      at: at(20),
    };
    expect(rowOf([created], 'createCallback')).toMatchObject({ kind: 'callback', state: 'done', token: 'T' });
    expect(rowOf([created], 'createCallback:result')).toMatchObject({
      kind: 'callback',
      title: 'question.result()',
      state: 'waiting',
      startedAt: at(20),
      until: at(99),
      place: { line: 13 },
    });
    const answer: JournalEvent = {
      ...signal,
      key: 'createCallback:result',
      channel: 'callback:T',
      at: at(30),
    };
    expect(rowOf([created, answer], 'createCallback:result')).toMatchObject({
      state: 'done',
      endedAt: at(30),
    });

    const child: JournalEvent = {
      type: 'child-started',
      key: 'startChild',
      ok: true,
      value: '1d-1',
      at: at(20),
    };
    expect(rowOf([child], 'startChild:result')).toMatchObject({
      kind: 'child',
      state: 'waiting',
      startedAt: at(20),
    });
    const end: JournalEvent = {
      ...signal,
      key: 'startChild:result',
      channel: 'child:order-7/startChild',
      ok: false,
    };
    expect(rowOf([child, end], 'startChild:result')).toMatchObject({
      state: 'failed',
      name: 'order-7/startChild',
    });
    const ended: JournalEvent = { type: 'run-ended', ok: true, value: '1j1', at: at(99) };
    expect(rowOf([child, ended], 'startChild:result')).toBeUndefined();
  });

  it('are calls of which only little is recorded', () => {
    expect(rowOf([{ type: 'plain', key: 'ask', at: at(1) }], 'ask')).toMatchObject({
      state: 'done',
      plain: true,
    });
    expect(rowOf([{ type: 'made', key: 'ask', at: at(1) }], 'ask')).toMatchObject({ state: 'done' });
    expect(rowOf([{ type: 'begun', key: 'ask', at: at(1) }], 'ask')).toMatchObject({
      state: 'running',
      startedAt: at(1),
    });
  });

  it('took no time when they are recorded again in another order that was accepted', () => {
    const accepted: JournalEvent = { type: 'accepted', version: 'v2', at: at(9000) };
    const { rows, accepted: mark } = view([
      step('charge', 1000),
      step('ship', 2000),
      accepted,
      { ...step('charge', 1000), at: at(9001) },
    ]);
    expect(rows.map(({ key, endedAt, left }) => [key, endedAt, left])).toEqual([
      ['charge', at(1000), undefined],
      ['ship', at(2000), true],
    ]);
    expect(mark).toEqual({ at: at(9000), version: 'v2', left: 1 });
  });

  it('have neither places nor kinds where the store has no manifest, as of 0.1.0', () => {
    const { rows } = view([step('charge', 10), step('lines.map/stock', 20)], new Map());
    expect(rows.map(({ key, title, kind, place }) => ({ key, title, kind, place }))).toEqual([
      { key: 'charge', title: 'charge', kind: 'step', place: undefined },
      { key: 'lines.map', title: 'lines.map', kind: 'scope', place: undefined },
      { key: 'lines.map/stock', title: 'stock', kind: 'step', place: undefined },
    ]);
  });

  it('come by the thousand in linear time', () => {
    const many = Array.from({ length: 2_000 }, (_, index) => step(`lines.map[${index}]/stock`, 1000 + index));
    expect(view(many).rows).toHaveLength(4_000);
  });
});

describe('the view of a run', () => {
  it('has what is recorded of the run as a whole, as plain JSON', () => {
    const events: readonly JournalEvent[] = [
      { ...started, deadline: at(99), forks: [{ of: 'order-6', at: 3, seed: 's' }] } as JournalEvent,
      { type: 'since', name: 'fraud', at: at(1) },
      { type: 'cancel-requested', value: '1d[1]', at: at(2) },
      { type: 'run-ended', ok: false, cancelled: true, value: '1d[2]', at: at(3) },
    ];
    const seen = viewOf({ record: record('cancelled'), events, manifests: MANIFESTS });
    expect(seen).toMatchObject({
      input: { size: 9, text: '1j[["a"]]' },
      file: 'src/order.ts',
      code: { 'shop/src/order.ts#order': 'v1' },
      deadline: at(99),
      forks: [{ of: 'order-6', at: 3 }],
      branches: [{ name: 'fraud', at: at(1) }],
      cancellation: { at: at(2), error: { text: '1d[1]' } },
      outcome: { ok: false, cancelled: true, at: at(3), value: { text: '1d[2]' } },
      events: 4,
    });
    expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
  });

  it('leaves large values out, which are there on demand', () => {
    const value = `1j"${'x'.repeat(5000)}"`;
    const events = [started, { ...step('charge', 10), value } as JournalEvent];
    const [row] = viewOf({ record: record(), events, manifests: MANIFESTS }).rows;
    expect(row?.value).toEqual({ size: value.length });
    expect(valueIn(events, { key: 'charge' })).toBe(value);
    expect(valueIn(events, { key: 'charge', attempt: 2 })).toBeUndefined();
    expect(valueIn(events, 'input')).toBe('1j[["a"]]');
    expect(valueIn(events, 'outcome')).toBeUndefined();
  });
});
