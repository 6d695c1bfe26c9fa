import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRuntime,
  durableLogger,
  logContext,
  memoryStore,
  type Runtime,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, storeWith } from '../../../support/crash.ts';
import { later } from '../../../support/effects.ts';

type Line = Record<string, unknown>;

/** A structured logger as they are in use: levels, children with bindings, and a mixin that is asked for each line. */
class Logger {
  readonly #lines: Line[];
  readonly #bindings: Line;
  readonly #mixin: () => object;
  level = 'info';

  constructor(lines: Line[], mixin: () => object, bindings: Line = {}) {
    this.#lines = lines;
    this.#mixin = mixin;
    this.#bindings = bindings;
  }

  info(msg: string): this {
    // As real ones do, it adds to the object that the mixin gives.
    if (this.level === 'info') this.#lines.push(Object.assign(this.#mixin(), this.#bindings, { msg }));
    return this;
  }

  debug(msg: string): void {
    if (this.level === 'debug') this.info(msg);
  }

  child(bindings: Line): Logger {
    return new Logger(this.#lines, this.#mixin, { ...this.#bindings, ...bindings });
  }

  count(): number {
    return this.#lines.length;
  }
}

const lines: Line[] = [];
const logger = new Logger(lines, logContext);
const log = durableLogger(logger);
beforeEach(() => void lines.splice(0));

const runtimes: Runtime[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

function runtimeOn(store = memoryStore(), parkAfterMs = 60_000): Runtime {
  const runtime = createRuntime({ store, parkAfterMs });
  runtimes.push(runtime);
  return runtime;
}

const messages = (): unknown[] => lines.map(({ msg }) => msg);

describe('logContext', () => {
  it('is the run, and in a step its key and attempt too, wherever in it a line is logged', async () => {
    let calls = 0;
    const charge = withPolicy(
      async () => {
        logger.info('charging');
        await later(1, undefined);
        // Somewhere deep in a library.
        await Promise.all([later(1, undefined).then(() => logger.info('deep'))]);
        if (++calls === 1) throw new Error('busy');
      },
      { retry: { attempts: 2, delay: 1 } },
    );
    const fn = durable(
      async ($) => {
        logger.info('in the body');
        await $.call('charge', charge)();
      },
      { id: 'order' },
    );
    await (await runtimeOn().start(fn, [], { id: 'r' })).result();
    logger.info('outside');
    const run = { runId: 'r', fn: 'order' };
    expect(lines).toEqual([
      { ...run, msg: 'in the body' },
      { ...run, key: 'charge', attempt: 1, msg: 'charging' },
      { ...run, key: 'charge', attempt: 1, msg: 'deep' },
      { ...run, key: 'charge', attempt: 2, msg: 'charging' },
      { ...run, key: 'charge', attempt: 2, msg: 'deep' },
      { msg: 'outside' },
    ]);
  });

  it('tells steps that run at the same time apart', async () => {
    const work = async (name: string): Promise<void> => {
      await later(1, undefined);
      logger.info(name);
    };
    const fn = durable(async ($) => {
      const begun = $.start('begun', work)('begun');
      await Promise.all([$.call('a', work)('a'), $.call('b', work)('b'), $.local('begun', begun)]);
    });
    await (await runtimeOn().start(fn, [])).result();
    expect(lines.map(({ key }) => key).sort()).toEqual(['a', 'b', 'begun']);
    for (const { key, msg } of lines) expect(msg).toBe(key);
  });
});

describe('durableLogger', () => {
  const work = async (): Promise<void> => {
    log.info('step: work');
  };
  const ofBody = (logged: readonly unknown[]): unknown[] =>
    logged.filter((msg) => !String(msg).startsWith('step: '));

  /** Lets a run that waits for `go` die behind each event of its journal. Gives the lines of a run that doesn't die. */
  async function dieEverywhere(fn: () => Promise<unknown>): Promise<readonly Line[]> {
    const store = memoryStore();
    const run = await runtimeOn(store).start(fn, [], { id: 'r' });
    await run.signal('go');
    await run.result();
    const whole = lines.splice(0);
    const body = ofBody(whole.map(({ msg }) => msg));
    const journal = eventsOf(store, 'r');
    expect(journal.findLast(({ output }) => output !== undefined)?.output).toBe(body.length);
    for (let count = 1; count < journal.length; count++) {
      const prefix = journal.slice(0, count);
      const [again] = await runtimeOn(storeWith('r', prefix)).recover();
      if (!prefix.some(({ type }) => type === 'received')) await again!.signal('go');
      await again!.result();
      const logged = lines.splice(0).map(({ msg }) => msg);
      const before = prefix.findLast(({ output }) => output !== undefined)?.output ?? 0;
      expect(ofBody(logged), `the body's lines after event ${count - 1}`).toEqual(body.slice(before));
      const recorded = prefix.some((event) => event.type === 'step' && event.key !== 'step');
      expect(logged.includes('step: work'), `the step's line after event ${count - 1}`).toBe(!recorded);
    }
    return whole;
  }

  it('logs what the body logs once, wherever its process died, and what steps log each time', async () => {
    const fn = durable(async ($) => {
      log.info('begins');
      const child = log.child({ part: 'child' });
      await $.call('work', work)();
      child.info('worked');
      await $.call('waitFor', waitFor)('go');
      log.info('ends');
    });
    const whole = await dieEverywhere(fn);
    expect(whole.map(({ msg }) => msg)).toEqual(['begins', 'step: work', 'worked', 'ends']);
    expect(whole[2]).toMatchObject({ part: 'child', runId: 'r' });
  });

  it('counts with the lines of the console, and those of helpers that turn out to be no steps', async () => {
    vi.spyOn(console, 'log').mockImplementation((msg) => lines.push({ msg }));
    const helper = (text: string): string => {
      log.info(text);
      return text;
    };
    const failing = (): never => {
      log.info('before it throws');
      throw new RangeError('plain');
    };
    const fn = durable(async ($) => {
      $.console.log('first');
      const one = $.start('helper', helper)('in a helper');
      await $.call('step', async () => 1)();
      $.console.log('between');
      const two = $.start('begun', work)();
      try {
        $.start('failing', failing)();
      } catch {
        log.info('caught');
      }
      $.console.log('after');
      await $.call('waitFor', waitFor)('go');
      log.info('last');
      return [one, await $.local('two', two)];
    });
    const whole = await dieEverywhere(fn);
    expect(whole.map(({ msg }) => msg)).toEqual([
      'first',
      'in a helper',
      'between',
      'step: work',
      'before it throws',
      'caught',
      'after',
      'last',
    ]);
  });

  it('counts calls below the level too', async () => {
    const fn = durable(async ($) => {
      log.debug('hidden');
      log.info('shown');
      await $.call('step', async () => 1)();
      log.info('last');
    });
    const store = memoryStore();
    await (await runtimeOn(store).start(fn, [], { id: 'r' })).result();
    lines.splice(0);
    log.level = 'debug';
    try {
      const [again] = await runtimeOn(storeWith('r', eventsOf(store, 'r').slice(0, 2))).recover();
      await again!.result();
    } finally {
      log.level = 'info';
    }
    // With the level of today only the last line is new, and it isn't for this level.
    expect(messages()).toEqual([]);
    expect(eventsOf(store, 'r').at(-1)?.output).toBe(3);
  });

  it('gives nothing back in the body, and what the logger gives elsewhere', async () => {
    const given: unknown[] = [];
    const helper = (): number => {
      given.push(log.info('in a helper'));
      return 1;
    };
    const fn = durable(async ($) => {
      given.push(log.info('in the body'));
      $.start('helper', helper)();
      await $.call('step', async () => void given.push(log.info('in a step')))();
    });
    await (await runtimeOn().start(fn, [])).result();
    expect(given).toEqual([undefined, undefined, logger]);
    expect(log.info('outside')).toBe(logger);
    expect(messages()).toEqual(['in the body', 'in a helper', 'in a step', 'outside']);
  });

  it('is the logger otherwise', () => {
    log.info('one');
    expect(log.count()).toBe(1);
    expect(log.level).toBe('info');
    expect('level' in log).toBe(true);
    expect(log).toBeInstanceOf(Logger);
    expect(log.constructor).toBe(Logger);
    log.level = 'silent';
    expect(logger.level).toBe('silent');
    log.level = 'info';
  });

  it('takes loggers that are frozen', () => {
    const seen: string[] = [];
    durableLogger(Object.freeze({ warn: (text: string) => seen.push(text) })).warn('x');
    expect(seen).toEqual(['x']);
  });
});
