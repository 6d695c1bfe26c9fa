import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { ReplayMachine, type RequestKind } from '../../../../runtime/journal/replay-machine.ts';

/** Journals in shorthand: `s:key` a step, `f:key` a failed one, `p:key` plain, `b:key` begun, `m:key` made, `w:key` wait set, `W:key` fired, `o`, `end`. */
function journal(text: string): JournalEvent[] {
  const started: JournalEvent = { type: 'run-started', at: 0, version: 1, fn: 'f', input: '', seed: '' };
  const rest = text.split(' ').filter((word) => word !== '');
  return [started, ...rest.map((word, index) => event(word, index + 1))];
}

function event(word: string, at: number): JournalEvent {
  const [type, key = ''] = word.split(':');
  const worker = 'w';
  switch (type) {
    case 's':
    case 'f':
      return { type: 'step', key, ok: type === 's', value: key, at, startedAt: at, attempt: 1, worker };
    case 'p':
      return { type: 'plain', key, at };
    case 'b':
      return { type: 'begun', key, at };
    case 'm':
      return { type: 'made', key, at };
    case 'w':
      return { type: 'wait-set', key, at, until: at + 100 };
    case 'W':
      return { type: 'wait-fired', key, at, worker };
    case 'o':
      return { type: 'output', at };
    default:
      return { type: 'run-ended', ok: true, value: '', at };
  }
}

/**
 * What the code does, in shorthand: `s:key` and `w:key` request, `?key` asks for the state of a key, `??key` for that of a quiet call, `next` drains,
 * `end` returns. Gives what the machine said to each, in shorthand too.
 */
function decisions(events: readonly JournalEvent[], code: string): string {
  const machine = new ReplayMachine(events);
  return code
    .split(' ')
    .map((word) => {
      if (word === 'next') {
        const decision = machine.next();
        if (decision.type === 'deliver')
          return 'key' in decision.event ? decision.event.key : decision.event.type;
        return decision.type === 'mismatch' ? `mismatch@${decision.mismatch.index}` : decision.type;
      }
      if (word === 'end') {
        const mismatch = machine.end();
        return mismatch === undefined ? 'fits' : `mismatch@${mismatch.index}`;
      }
      if (word.startsWith('??')) return machine.state(word.slice(2), true);
      if (word.startsWith('?')) return machine.state(word.slice(1), false);
      const [kind, key = ''] = word.split(':');
      const requested: RequestKind = kind === 's' ? 'step' : 'wait';
      return machine.request(key, requested);
    })
    .join(' ');
}

const table: readonly (readonly [what: string, journal: string, code: string, decisions: string])[] = [
  ['nothing recorded', '', 's:a next', 'unknown caught-up'],
  ['one step', 's:a', 's:a next s:b next', 'ended a unknown caught-up'],
  ['a failed step is delivered too', 'f:a', 's:a next next', 'ended a caught-up'],
  ['two steps in order', 's:a s:b', 's:a next s:b next next', 'ended a ended b caught-up'],
  ['journal order, not request order', 's:b s:a', 's:a s:b next next next', 'ended ended b a caught-up'],
  [
    'what is not recorded is unknown, before and behind what is',
    's:a',
    's:a s:b next s:c',
    'ended unknown a unknown',
  ],
  [
    'unrecorded steps before recorded ones',
    's:a s:b',
    's:x s:a next s:b s:y',
    'unknown ended a ended unknown',
  ],
  ['the recorded key is not asked for', 's:a', 's:b next', 'unknown mismatch@1'],
  ['nothing is asked for', 's:a', 'next', 'mismatch@1'],
  ['asked for later, after a foreign promise', 's:a', 'next s:a next', 'mismatch@1 ended a'],
  ['a wait where a step is recorded', 's:a', 'w:a next', 'ended mismatch@1'],
  ['a step where a wait is recorded', 'w:a W:a', 's:a next', 'ended mismatch@1'],
  ['a step where a wait was set', 'w:a', 's:a next', 'ended mismatch@1'],
  ['a wait set and fired', 'w:a W:a', 'w:a next next', 'ended a caught-up'],
  ['a wait set, not fired', 'w:a', 'w:a next', 'open caught-up'],
  ['a wait set before a later completion', 'w:a s:b', 'w:a s:b next next', 'open ended b caught-up'],
  ['a recorded wait is not asked for', 'w:a s:b', 's:b next', 'ended mismatch@1'],
  ['a wait set at the end is not asked for', 's:b w:a', 's:b next next', 'ended b mismatch@2'],
  ['a plain call', 'p:a s:b', '?a s:b next next', 'plain ended b caught-up'],
  ['a plain call that is not made', 'p:a s:b', 's:b next', 'ended mismatch@1'],
  ['a plain call at the end that is not made', 's:b p:a', 's:b next next', 'ended b mismatch@2'],
  ['a plain call that is a step now', 'p:a s:b', 's:a s:b next', 'ended ended mismatch@1'],
  ['a plain call that returns a promise now', 'p:a', '?a s:a next', 'plain ended mismatch@1'],
  ['a quiet call of which nothing is recorded', 's:b', '??a s:b next next', 'plain ended b caught-up'],
  ['a quiet call that may have been under way', 's:b', 's:b ??a', 'ended live'],
  ['a quiet call that gave a promise', 'b:a s:b', '??a s:a s:b next next', 'recorded open ended b caught-up'],
  ['a quiet call, with its outcome', 'b:a s:a', '??a s:a next next', 'recorded ended a caught-up'],
  ['a quiet call that gave a promise and is not made', 'b:a s:b', 's:b next', 'ended mismatch@1'],
  ['a call that gave an object', 'm:a s:b', '?a s:b next next', 'made ended b caught-up'],
  ['a quiet call that gave an object', 'm:a s:b', '??a s:b next next', 'made ended b caught-up'],
  ['a call that gave an object and is not made', 'm:a s:b', 's:b next', 'ended mismatch@1'],
  ['the state of a recorded step', 's:a', '?a s:a next', 'recorded ended a'],
  ['the state of an unknown key, live', '', '?a', 'live'],
  [
    'an unknown key before other recorded keys were asked for is no plain call',
    's:a s:b',
    's:a ?x',
    'ended recorded',
  ],
  [
    'an unknown key behind all that is recorded may be one',
    's:a s:b',
    's:a s:b next ?x',
    'ended ended a live',
  ],
  ['output is skipped', 'o s:a o', 's:a next next', 'ended a caught-up'],
  ['an end that fits', 's:a', 's:a next end', 'ended a fits'],
  ['an end before a loser that was asked for', 's:a s:b', 's:a s:b next end', 'ended ended a fits'],
  ['an end before something that was not', 's:a s:b', 's:a next end', 'ended a mismatch@2'],
  ['an end before a plain call', 's:a p:b', 's:a next end', 'ended a mismatch@2'],
  ['a journal that has ended', 's:a end', 's:a next next', 'ended a mismatch@2'],
];

describe('journal and requests to decisions', () => {
  for (const [what, recorded, code, expected] of table) {
    it(what, () => {
      expect(decisions(journal(recorded), code)).toBe(expected);
    });
  }

  it('knows what it was asked for when it finds a mismatch', () => {
    const machine = new ReplayMachine(journal('s:a s:b'));
    machine.request('a', 'step');
    machine.request('c', 'wait');
    machine.next();
    const decision = machine.next();
    expect(decision).toMatchObject({
      type: 'mismatch',
      mismatch: { index: 2, ended: false, recorded: { key: 'b' } },
    });
    expect(decision.type === 'mismatch' && [...decision.mismatch.requested]).toEqual([['c', 'wait']]);
  });

  it('gives the due times of waits', () => {
    const machine = new ReplayMachine(journal('w:a s:b'));
    expect(machine.until('a')).toBe(101);
    expect(machine.until('b')).toBeUndefined();
  });

  it('knows of a cancellation until it is delivered', () => {
    const cancelled = { type: 'cancel-requested', value: '0', at: 101 } as const;
    const machine = new ReplayMachine([...journal('s:a'), cancelled]);
    machine.request('a', 'step');
    expect(machine.cancelsLater).toBe(true);
    machine.next();
    expect(machine.cancelsLater).toBe(true);
    expect(machine.next()).toEqual({ type: 'deliver', event: cancelled });
    expect(machine.cancelsLater).toBe(false);
  });
});
