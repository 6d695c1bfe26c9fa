import { describe, expect, it } from 'vitest';
import { eventLine } from '../../../../cli/execute/event-line.ts';
import { functionIn } from '../../../../cli/execute/run.ts';
import type { RuntimeEvent } from '../../../../runtime/observe/runtime-events.ts';
import { deploy } from '../../../evolution/deploy.ts';

describe('the function that is meant', () => {
  it('is the only one, or the one that is named', async () => {
    const one = await deploy('command-one', 'return n;');
    const two = await deploy('command-two', 'return n;');
    expect(functionIn({ one, port: 80 }, undefined, 'a.ts')).toBe(one);
    expect(functionIn({ one, two }, 'two', 'a.ts')).toBe(two);
    // As Node gives a module of CommonJS that exports an object.
    expect(functionIn({ default: { one, two } }, 'one', 'a.cjs')).toBe(one);
    expect(() => functionIn({ one, two }, undefined, 'a.ts')).toThrow(
      'a.ts exports several durable functions. Name one of them: one, two.',
    );
    expect(() => functionIn({ one, two }, 'three', 'a.ts')).toThrow(
      'a.ts exports no durable function three. It exports: one, two.',
    );
    expect(() => functionIn({ plain: () => 1 }, undefined, 'a.ts')).toThrow(
      'a.ts exports no durable function.',
    );
  });
});

describe('the line about an event', () => {
  const run = { runId: 'a', fn: 'order', at: 0 };
  const later = Date.parse('2199-12-31T12:00:00');
  const error = new RangeError('too far\n    at once');

  it.each<[RuntimeEvent, string | undefined]>([
    [{ ...run, type: 'run-started' }, '● started'],
    [{ ...run, type: 'run-forked', of: 'b', from: 'ship' }, '● started from ship of b'],
    [{ ...run, type: 'run-taken-up', events: 3 }, '● resumes after 3 events'],
    [{ ...run, type: 'code-changed', kept: [] }, '· goes on with changed code'],
    [{ ...run, type: 'code-accepted', version: 'v', recorded: [] }, '· goes on in the order of version v'],
    [{ ...run, type: 'since', name: 'fraud' }, '· takes the branch since "fraud"'],
    [{ ...run, type: 'run-blocked', error }, '✗ is blocked: too far\n    at once'],
    [
      { ...run, type: 'run-held-back', reason: 'crashes', count: 2, until: later },
      '◷ is held back until 2199-12-31 12:00:00: 2 of its workers died',
    ],
    [
      { ...run, type: 'run-held-back', reason: 'memory', bytes: 2_500_000 },
      '◷ waits for memory: its journal has 3 MB',
    ],
    [{ ...run, type: 'run-unrecorded', awaits: 'READY' }, '◷ awaits something that is not recorded: READY'],
    [{ ...run, type: 'run-stopped', reason: 'closed', error }, undefined],
    [{ ...run, type: 'run-stopped', reason: 'lease-lost', error }, '✗ stops here: too far\n    at once'],
    [{ ...run, type: 'run-parked' }, undefined],
    [{ ...run, type: 'cancel-requested', error }, '◷ is to end: RangeError: too far'],
    [
      { ...run, type: 'run-ended', status: 'completed', startedAt: 0, duration: 61_000 },
      '✓ completed in 1 min 1 s',
    ],
    [
      { ...run, type: 'run-ended', status: 'failed', startedAt: 0, duration: 5, error },
      '✗ failed after 5 ms: RangeError: too far',
    ],
    [{ ...run, type: 'version-finished', version: 'v' }, '· was the last run of version v of order'],
    [{ ...run, type: 'step-started', key: 'k', attempt: 1 }, undefined],
    [{ ...run, type: 'step-ended', key: 'k', attempt: 1, ok: true, startedAt: 0, duration: 7 }, '✓ k 7 ms'],
    [
      { ...run, type: 'step-ended', key: 'k', attempt: 3, ok: false, startedAt: 0, duration: 7, error },
      '✗ k 7 ms, attempt 3: RangeError: too far',
    ],
    [
      {
        ...run,
        type: 'attempt-failed',
        key: 'k',
        attempt: 1,
        startedAt: 0,
        duration: 7,
        error,
        retryAt: later,
      },
      '◷ k attempt 1: RangeError: too far; again 2199-12-31 12:00:00',
    ],
    [{ ...run, type: 'wait-set', key: 'k', until: later }, '◷ k until 2199-12-31 12:00:00'],
    [{ ...run, type: 'wait-fired', key: 'k' }, '✓ k the time has come'],
    [{ ...run, type: 'wait-expired', key: 'k' }, '✗ k did not come in time'],
    [{ ...run, type: 'received', key: 'k', from: 'signal', name: 'go', ok: true }, '✓ k signal go'],
    [{ ...run, type: 'received', key: 'k', from: 'callback', ok: false }, '✗ k the callback has failed'],
    [{ ...run, type: 'received', key: 'k', from: 'child', name: 'b', ok: true }, '✓ k run b has ended'],
    [{ ...run, type: 'callback-created', key: 'k' }, '◷ k waits for its completion'],
    [{ ...run, type: 'callback-created', key: 'k', until: later }, '◷ k waits until 2199-12-31 12:00:00'],
    [{ ...run, type: 'child-started', key: 'k', ok: true }, '● k another run'],
    [{ ...run, type: 'child-started', key: 'k', ok: false }, '✗ k another run was refused'],
  ])('%o', (event, text) => {
    const line = eventLine(event);
    expect(line && [line.icon, line.key, line.text].filter((part) => part !== undefined).join(' ')).toBe(
      text,
    );
  });
});
