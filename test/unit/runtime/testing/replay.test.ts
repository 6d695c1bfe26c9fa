import { describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  createCallback,
  createRuntime,
  type Handle,
  MisuseError,
  memoryStore,
  NotCompiledError,
  sleep,
  startChild,
  waitFor,
} from '../../../../runtime/index.ts';
import { createTestRuntime, replay, type TestHandle } from '../../../../runtime/testing/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';

const work = vi.fn(async (n: number) => n + 1);
const never = vi.fn(async () => {
  throw new Error('no step is called');
});

type Body = Parameters<typeof durable>[0];
const site = { id: 'work', kind: 'step', line: 4, column: 2 } as const;

/** Two versions of one function. */
let count = 0;
const version = (body: Body, id: string) => durable(body, { id, steps: [site] });
const nextId = (): string => `replay-${++count}`;

/** The journal of a run of `before`, driven to where `drive` leaves it. */
async function journalOf(
  before: (...args: unknown[]) => Promise<unknown>,
  drive: (run: TestHandle) => Promise<unknown> = (run) => run.result().catch(() => {}),
): Promise<string> {
  const runtime = createTestRuntime({ now: 0 });
  const run = await runtime.start(before, [1], { id: 'recorded' });
  await drive(run);
  const text = await run.exportJournal();
  await run.cancel();
  await runtime.close();
  return text;
}

describe('replay fits', () => {
  it('the same code, ended or under way, and calls no step', async () => {
    const id = nextId();
    const body =
      (step: (n: number) => Promise<number>): Body =>
      async ($, n: number) => {
        const first = (await $.call('work', step)(n)) as number;
        const helper = $.start('double', (x: number) => x * 2)(first) as number;
        await $.sleep('sleep', sleep)('30 days');
        const go = await $.call('waitFor', waitFor)('go');
        const loaded = await $.foreign(later(5, 'module'));
        return [await $.call('work#2', step)(helper), go, loaded, $.now(), $.random()];
      };
    const before = version(body(work), id);
    const ended = await journalOf(before, async (run) => {
      await run.signal('go', { yes: 1 });
      await run.result();
    });
    const waiting = await journalOf(before, (run) => run.waitUntil('waitFor'));
    const asleep = await journalOf(before, (run) => run.waitUntil('sleep'));
    const beginning = await journalOf(before, async () => {});
    const after = version(body(never), id);
    for (const journal of [ended, waiting, asleep, beginning])
      expect(await replay(after, journal)).toEqual({ fits: true });
    expect(never).not.toHaveBeenCalled();
  });

  it('a run that failed, or was cancelled', async () => {
    const id = nextId();
    const failing = version(async () => {
      throw new RangeError('over');
    }, id);
    expect(await replay(failing, await journalOf(failing))).toEqual({ fits: true });
    const sleeping = version(async ($) => {
      try {
        await $.sleep('sleep', sleep)('1 day');
      } finally {
        await $.call('work', work)(1);
      }
    }, id);
    const cancelled = await journalOf(sleeping, async (run) => {
      await run.waitUntil('sleep');
      await run.cancel('enough');
      await run.result().catch(() => {});
    });
    expect(JSON.parse(cancelled).events.at(-1)).toMatchObject({ type: 'run-ended', cancelled: true });
    expect(await replay(sleeping, cancelled)).toEqual({ fits: true });
  });

  it('callbacks, and runs that it starts, which are not started again', async () => {
    const id = nextId();
    let began = false;
    const child = durable(async ($, n: number) => {
      began = true;
      return $.call('work', never)(n);
    });
    const main = version(async ($) => {
      const callback = (await $.call('createCallback', createCallback)()) as Callback;
      await $.method('callback.result', callback, 'result')();
      await $.call('startChild', startChild)(child, [1]);
    }, id);
    const waiting = await journalOf(main, (run) => run.callback());
    expect(await replay(main, waiting)).toEqual({ fits: true });
    // Its next line starts another run.
    const copy = JSON.parse(waiting) as { events: Record<string, unknown>[] };
    copy.events.push({
      type: 'received',
      key: 'createCallback:result',
      ok: true,
      value: '1j1',
      channel: 'callback:x',
      message: 1,
      at: 5,
    });
    never.mockClear();
    expect(await replay(main, JSON.stringify(copy))).toEqual({ fits: true });
    expect(never).not.toHaveBeenCalled();
    expect(began).toBe(false);
  });

  it('code that was changed behind the point where the run is', async () => {
    const id = nextId();
    const before = version(async ($) => {
      await $.call('work', work)(1);
      await $.call('waitFor', waitFor)('go');
    }, id);
    const journal = await journalOf(before, (run) => run.waitUntil('waitFor'));
    const after = version(async ($) => {
      await $.call('work', never)(1);
      await $.combinator('Promise.all', 'all')([$.call('waitFor', waitFor)('go'), $.call('more', never)()]);
    }, id);
    expect(await replay(after, journal)).toEqual({ fits: true });
    expect(never).not.toHaveBeenCalled();
  });

  it('a run that awaits a promise that it settles itself', async () => {
    const id = nextId();
    const fn = version(async ($) => {
      let open = (_: unknown): void => {};
      const gate = new Promise<unknown>((resolve) => {
        open = resolve;
      });
      const opened = async (): Promise<void> => {
        const $1 = $.open('opened');
        open(await $1.call('waitFor', waitFor)('go'));
      };
      void opened();
      return $.local('await local', gate);
    }, id);
    const waiting = await journalOf(fn, (run) => run.waitUntil('waitFor'));
    expect(await replay(fn, waiting)).toEqual({ fits: true });
    const ended = await journalOf(fn, async (run) => {
      await run.signal('go', 1);
      await run.result();
    });
    expect(await replay(fn, ended)).toEqual({ fits: true });
  });

  it('under fake timers', async () => {
    const id = nextId();
    const fn = version(async ($) => $.sleep('sleep', sleep)('1 day'), id);
    const journal = await journalOf(fn);
    vi.useFakeTimers();
    try {
      expect(await replay(fn, journal)).toEqual({ fits: true });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a journal from a runtime in production', async () => {
    const id = nextId();
    const fn = version(async ($, n: number) => $.call('work', work)(n), id);
    const runtime = createRuntime({ store: memoryStore() });
    const run: Handle = await runtime.start(fn, [1]);
    await run.result();
    const journal = await run.exportJournal();
    await runtime.close();
    expect(await replay(fn, journal)).toEqual({ fits: true });
  });
});

describe('replay tells', () => {
  const reasonOf = async (fn: (...args: unknown[]) => Promise<unknown>, journal: string): Promise<string> => {
    const verdict = await replay(fn, journal);
    return verdict.fits ? 'fits' : verdict.reason;
  };

  it('what the code asks for instead of what is recorded', async () => {
    const id = nextId();
    const journal = await journalOf(version(async ($) => $.call('work', work)(1), id));
    const after = version(async ($) => $.call('other', never)(1), id);
    const reason = await reasonOf(after, journal);
    expect(reason).toContain(`Run "recorded" of ${id} (test.ts:1) can't resume`);
    expect(reason).toContain('recorded: event 1 is the outcome of step "work" (test.ts:4:2)');
    expect(reason).toContain('the code: asks for step "other"');
    expect(never).not.toHaveBeenCalled();
  });

  it('that the code has returned before', async () => {
    const id = nextId();
    const journal = await journalOf(
      version(async ($) => {
        await $.call('work', work)(1);
        await $.call('waitFor', waitFor)('go');
      }, id),
      (run) => run.waitUntil('waitFor'),
    );
    expect(
      await reasonOf(
        version(async () => {}, id),
        journal,
      ),
    ).toContain('has returned or thrown without asking for that');
  });

  it('that the code goes on where the run has ended', async () => {
    const id = nextId();
    const journal = await journalOf(version(async ($) => $.call('work', work)(1), id));
    const after = version(async ($) => {
      await $.call('work', never)(1);
      await $.call('more', never)(1);
    }, id);
    expect(await reasonOf(after, journal)).toBe(
      'The journal has the end of the run where the code goes on: it asks for "more".',
    );
  });

  it('that the result is another one', async () => {
    const id = nextId();
    const journal = await journalOf(version(async ($) => ({ n: await $.call('work', work)(1) }), id));
    const after = version(async ($) => ({ n: ((await $.call('work', never)(1)) as number) + 1 }), id);
    expect(await reasonOf(after, journal)).toBe(
      'All that is recorded fits, but the result differs at result.n.\n  recorded: 2\n  the code: 3',
    );
  });

  it('that the function has another id', async () => {
    const [one, two] = [nextId(), nextId()];
    const journal = await journalOf(version(async () => 1, one));
    expect(
      await reasonOf(
        version(async () => 1, two),
        journal,
      ),
    ).toContain(`'use durable as ${one}'`);
  });

  it('that the input is not what it takes', async () => {
    const id = nextId();
    const journal = JSON.parse(await journalOf(version(async () => 1, id))) as {
      events: { input?: string }[];
    };
    if (journal.events[0] !== undefined) journal.events[0].input = '1x';
    expect(
      await reasonOf(
        version(async () => 1, id),
        JSON.stringify(journal),
      ),
    ).toContain("can't be read");
  });
});

describe('replay refuses', () => {
  const fn = durable(async () => 1);

  it.each([
    ['what is no JSON', '{'],
    ['other JSON', '{"events":[]}'],
    ['null', 'null'],
    ['a journal without events', '{"format":"use-durable.journal","id":"r","fn":"f","events":[]}'],
    [
      'a newer version',
      '{"format":"use-durable.journal","id":"r","fn":"f","events":[{"type":"run-started","version":99}]}',
    ],
  ])('%s', async (_what, text) => {
    await expect(replay(fn, text)).rejects.toThrow(MisuseError);
  });

  it('a function that was not compiled', async () => {
    await expect(replay(async () => 1, '{}')).rejects.toThrow(NotCompiledError);
  });

  it('to export a run that is gone', async () => {
    const runtime = createTestRuntime();
    const run = await runtime.start(fn, []);
    await run.result();
    await runtime.advance('1 day');
    await runtime.prune('1 hour');
    await expect(run.exportJournal()).rejects.toThrow(/no run/);
    await runtime.close();
  });
});
