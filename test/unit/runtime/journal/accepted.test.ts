import { describe, expect, it } from 'vitest';
import { acceptedOrder } from '../../../../runtime/journal/accepted.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';

const step = (key: string): JournalEvent => ({
  type: 'step',
  key,
  ok: true,
  value: '1j1',
  at: 1,
  startedAt: 1,
  attempt: 1,
  worker: 'w',
});
const started: JournalEvent = { type: 'run-started', version: 3, fn: 'f', input: '', seed: 's', at: 0 };
const accepted = (version: string): JournalEvent => ({ type: 'accepted', version, at: 1 });

describe('an order that was accepted', () => {
  it.each<[string, readonly JournalEvent[], ReturnType<typeof acceptedOrder>]>([
    ['is none in an ordinary journal', [started, step('a')], undefined],
    [
      'is that of its version alone at first',
      [started, step('a'), accepted('v2')],
      { version: 'v2', left: ['a'] },
    ],
    [
      'stays so while something is left',
      [started, step('a'), step('b'), accepted('v2'), step('b'), step('c')],
      { version: 'v2', left: ['a'] },
    ],
    [
      'is over when all is recorded again',
      [started, step('a'), accepted('v2'), step('c'), step('a')],
      undefined,
    ],
    ['keeps nothing where nothing was recorded', [started, accepted('v2')], undefined],
    [
      'is the last of several, with what was recorded before each',
      [started, step('a'), accepted('v2'), step('b'), accepted('v3'), step('b')],
      { version: 'v3', left: ['a'] },
    ],
  ])('%s', (_, events, order) => {
    expect(acceptedOrder(events)).toEqual(order);
  });
});
