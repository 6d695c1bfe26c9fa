import { describe, expect, it } from 'vitest';
import { toText } from '../../../../cli/graph/terminal.ts';
import { durationText } from '../../../../runtime/inspect/duration-text.ts';
import { findRecordedRun } from '../../../../runtime/inspect/look.ts';
import { statesOf } from '../../../../runtime/inspect/states.ts';
import { figureOf } from '../../../../runtime/picture/figure-of.ts';
import { layRun } from '../../../../runtime/picture/run-marks.ts';
import type { JournalEvent, RecordedRun } from '../../../../runtime/tools.ts';
import { storeWith } from '../../../support/crash.ts';
import { flowsOf } from '../../../support/flows.ts';

const SOURCE = `import { createCallback, sleep } from 'use-durable';
import { ask, charge, find, refund, ship, stock } from './shop.js';
export async function order(lines: string[], gift: boolean): Promise<string> {
  'use durable';
  await Promise.all(lines.map(async (line) => await stock(line)));
  if (gift) await find('card');
  else await find('bill');
  try {
    await charge(lines);
    await ship(lines);
    const token = await createCallback();
    await ask(token.token);
    await token.result();
  } catch {
    await refund(lines);
  }
  await sleep('3 days');
  return 'done';
}
`;

const [{ flow }] = flowsOf({ source: SOURCE, file: 'order.ts' }) as [ReturnType<typeof flowsOf>[number]];

const START = Date.UTC(2026, 4, 1, 12);
const HOUR = 3_600_000;
const step = (key: string, at: number, ok = true, attempt = 1): JournalEvent => ({
  type: 'step',
  key,
  ok,
  value: '',
  startedAt: START + at - 1500,
  at: START + at,
  attempt,
  worker: 'w',
});

const EVENTS: readonly JournalEvent[] = [
  { type: 'run-started', version: 3, fn: 'order', input: '', seed: '', at: START },
  step('lines.map/stock', 2000),
  step('lines.map[1]/stock', 3000),
  step('find#2', 5000),
  step('charge', 7000),
  step('ship', 9000, false, 3),
  step('refund', 11_000),
  { type: 'wait-set', key: 'sleep', until: START + 72 * HOUR, at: START + 11_000 },
];

const drawn = (events: readonly JournalEvent[], status = 'running'): string => {
  const run = { events, record: { status }, manifests: new Map() } as unknown as RecordedRun;
  const { marks, summary } = layRun(flow, run);
  return `\n${toText(figureOf('order', flow, marks, summary), 90, (what, text) => (what === 'done' || what === 'failed' || what === 'waiting' ? `${text}  <${what}>` : text))}`;
};

it('shows times in two units', () => {
  const shown = [12, 1500, 61_000, 3_600_000, 90_000_000].map(durationText);
  expect(shown).toEqual(['12 ms', '1 s', '1 min 1 s', '1 h', '1 d 1 h']);
});

describe('a run laid over the flow', () => {
  it('says of each box what is recorded', () => {
    expect(drawn(EVENTS)).toMatchInlineSnapshot(`
      "
      order
      ├─ running · 11 s
      ├─ ∥ Promise.all: all done
      │  └─ ∥ for each of lines
      │     └─ ✓ stock(line)  ×2 · 1 s  <done>
      ├─ gift ?
      │  ├─ yes
      │  │  └─ ƒ find('card')
      │  └─ no
      │     └─ ✓ find('bill')  1 s  <done>
      ├─ try
      │  ├─ ✓ charge(lines)  1 s  <done>
      │  ├─ ✗ ship(lines)  3 attempts · 1 s  <failed>
      │  ├─ ☎ createCallback()
      │  ├─ ƒ ask(token.token)
      │  └─ ☎ token.result()
      ├─ catch
      │  └─ ✓ refund(lines)  1 s  <done>
      ├─ ◷ sleep('3 days')  until 2026-05-04 12:00  <waiting>
      └─ return 'done'
      "
    `);
  });

  it('says how long an ended run has waited', () => {
    const ended = [
      ...EVENTS,
      { type: 'wait-fired', key: 'sleep', worker: 'w', at: START + 72 * HOUR },
      { type: 'run-ended', ok: true, value: '', at: START + 72 * HOUR + 500 },
    ] as const;
    expect(drawn(ended, 'completed')).toContain('completed · 3 d · idle 2 d 23 h');
  });

  it('shows that an answer is waited for', () => {
    const waits = [
      ...EVENTS.slice(0, 5),
      step('ship', 9000),
      { type: 'callback-created', key: 'createCallback', token: 't', at: START + 9100 },
      step('ask', 9200),
      { type: 'expiry-set', key: 'createCallback:result', until: START + HOUR, at: START + 9300 },
    ] as const;
    expect(drawn(waits)).toContain('◷ token.result()  until 2026-05-01 13:00  <waiting>');
    expect(
      drawn([...waits, { type: 'expired', key: 'createCallback:result', worker: 'w', at: START + HOUR }]),
    ).toContain('✗ token.result()  <failed>');
  });

  it('marks the branch that was not taken', () => {
    const run = { events: EVENTS, record: { status: 'running' } } as unknown as RecordedRun;
    const { marks } = layRun(flow, run);
    const figure = figureOf('order', flow, marks);
    const parts = figure.body.kind === 'row' ? figure.body.parts : [];
    const choice = parts.find((part) => part.kind === 'choice');
    expect(choice?.branches.map(({ label, taken }) => [label, taken])).toEqual([
      ['yes', false],
      ['no', true],
    ]);
  });

  it('counts calls of another durable function, and takes the last of what each recorded', () => {
    const source = `async function pay(n: number) { 'use durable'; return await charge(n); }
export async function order() { 'use durable'; for (const n of [1, 2]) await pay(n); await step('a/b', () => ship()); }
import { step } from 'use-durable';
import { charge, ship } from './shop.js';`;
    const [, order] = flowsOf({ source, file: 'order.ts' });
    const events = [
      EVENTS[0]!,
      step('pay/charge', 10, false),
      step('pay/charge[1]', 20),
      step('pay[1]/charge', 30),
      step('"a/b"', 40),
    ];
    const states = statesOf(order!.flow, events, String);
    expect([...states].map(([{ id }, { state, times }]) => [id, state, times])).toEqual([
      ['pay', 'done', 2],
      ['"a/b"', 'done', 1],
    ]);
  });

  it('is read from a store, with the manifests of its versions', async () => {
    const [first, ...rest] = EVENTS;
    const store = storeWith('order-7', [{ ...first!, code: { order: 'v1' } } as JournalEvent, ...rest]);
    const manifest = { fn: 'order', file: 'order.ts', line: 3, version: 'v1', sites: [], flow: "['q']" };
    await store.swap('manifest:order@v1', undefined, JSON.stringify(manifest));
    const run = await findRecordedRun(store.inspect(), 'order-7');
    expect(run?.events).toHaveLength(EVENTS.length);
    expect(run?.manifests.get('order')).toEqual(manifest);
    expect(await findRecordedRun(store.inspect(), 'another')).toBeUndefined();
  });
});
