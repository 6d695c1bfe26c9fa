import { describe, expect, it } from 'vitest';
import * as $durable from '../../../../runtime/compiled.ts';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { MisuseError, sleep, step } from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { crashEverywhere, type Execution, execute } from '../../../support/crash.ts';
import { effect, fail, later } from '../../../support/effects.ts';

type Scope = $durable.DurableScope;

const returned = ({ outcome }: Execution): unknown => {
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
};
const keysOf = ({ events }: Execution): string[] =>
  events.flatMap((event) => (event.type === 'step' ? [event.key] : []));
const typesOf = ({ events }: Execution): string[] => events.map(({ type }) => type);

/** A foreign async function that acts on the world. */
async function work(name: string, ms = 0): Promise<string> {
  effect(name);
  return later(ms, name);
}

describe('killed after each journal event', () => {
  it('a sequence', async () => {
    const fn = durable(async ($, name: string) => {
      const a = await $.call('work', work)(`${name} 1`);
      const b = await $.call('work#2', work)(`${a} 2`);
      return [a, b];
    });
    const run = await crashEverywhere(fn, ['x']);
    expect(returned(run)).toEqual(['x 1', 'x 1 2']);
    expect(keysOf(run)).toEqual(['work', 'work#2']);
  });

  it('a loop with waits', async () => {
    const fn = durable(async ($) => {
      const seen: string[] = [];
      for (let i = 0; i < 3; i++) {
        await $.sleep('sleep', sleep)(2);
        seen.push(await $.call('work', work)(`${i}`));
      }
      return seen;
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['0', '1', '2']);
    expect(keysOf(run)).toEqual(['work', 'work[1]', 'work[2]']);
  });

  it('closures in parallel, of the same name, pushing to one list', async () => {
    const fn = durable(async ($) => {
      const order: string[] = [];
      const items = [3, 1, 2, 0];
      const results = await $.combinator(
        'Promise.all',
        'all',
      )(
        items.map(async (x) => {
          const $1 = $.open('items.map');
          const first = await $1.call('work', work)(`first ${x}`, x * 8);
          order.push(first);
          const second = await $1.call('work#2', work)(`second ${x}`, 24 - x * 8);
          order.push(second);
          return second;
        }),
      );
      return { order, results };
    });
    const run = await crashEverywhere(fn, [], { order: 'free' });
    expect(returned(run)).toMatchObject({ results: ['second 3', 'second 1', 'second 2', 'second 0'] });
    expect(keysOf(run).sort()[0]).toBe('items.map/work');
  });

  it('a lost update over a shared variable stays lost', async () => {
    const fn = durable(async ($) => {
      let total = 0;
      const add = async (n: number): Promise<void> => {
        const $1 = $.open('add');
        const before = total;
        const got = Number(await $1.call('work', work)(`${n}`, 10 - n));
        total = before + got;
      };
      await $.combinator('Promise.all', 'all')([add(1), add(2), add(4)]);
      return total;
    });
    // Which one comes last is a matter of time; that the others are lost is not.
    expect([1, 2, 4]).toContain(returned(await crashEverywhere(fn, [], { order: 'free' })));
  });

  it('a race with a late loser that goes on to other work', async () => {
    const fn = durable(async ($) => {
      const slow = async (): Promise<string> => {
        const $1 = $.open('slow');
        await $1.call('work', work)('slow 1', 12);
        return (await $1.call('work#2', work)('slow 2')) as string;
      };
      const fast = async (): Promise<string> => {
        const $2 = $.open('fast');
        return (await $2.call('work#3', work)('fast', 2)) as string;
      };
      const winner = await $.combinator('Promise.race', 'race')([slow(), fast()]);
      const after = await $.call('work#4', work)('after', 30);
      return [winner, after];
    });
    const run = await crashEverywhere(fn, [], { order: 'any' });
    expect(returned(run)).toEqual(['fast', 'after']);
    expect(keysOf(run)).toEqual(['fast/work#3', 'slow/work', 'slow/work#2', 'work#4']);
  });

  it('a race whose loser was recorded in the batch of the winner', async () => {
    const fn = durable(async ($) =>
      $.combinator(
        'Promise.race',
        'race',
      )([$.call('work', work)('a'), $.call('work#2', work)('b'), $.call('work#3', work)('c')]),
    );
    expect(returned(await crashEverywhere(fn, [], { order: 'any' }))).toBe('a');
  });

  it('a race that ends the run while a loser is under way', async () => {
    const fn = durable(async ($) =>
      $.combinator(
        'Promise.race',
        'race',
      )([$.call('work', work)('slow', 15), $.call('work#2', work)('fast', 1)]),
    );
    expect(returned(await crashEverywhere(fn, [], { order: 'any' }))).toBe('fast');
  });

  it('a worker pool over a shared index', async () => {
    const fn = durable(async ($) => {
      const items = ['a', 'b', 'c', 'd', 'e', 'f'];
      const log: string[] = [];
      let next = 0;
      const worker = async (id: number): Promise<void> => {
        const $1 = $.open('worker');
        while (next < items.length) {
          const item = items[next++]!;
          await $1.call('work', work)(item, item.charCodeAt(0) % 3);
          log.push(`${id}:${item}`);
        }
      };
      await $.combinator('Promise.all', 'all')([worker(0), worker(1), worker(2)]);
      return log;
    });
    const run = await crashEverywhere(fn, [], { order: 'free' });
    const done = (returned(run) as string[]).map((entry) => entry.slice(2));
    expect(done.sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('Promise.any and allSettled', async () => {
    const fn = durable(async ($) => {
      const any = await $.combinator(
        'Promise.any',
        'any',
      )([$.call('fail', fail)(1, new Error('no')), $.call('work', work)('yes', 6)]);
      const all = await $.combinator(
        'Promise.allSettled',
        'allSettled',
      )([$.call('fail#2', fail)(4, 'plain'), $.call('work#2', work)('b')]);
      return { any, all };
    });
    expect(returned(await crashEverywhere(fn, [], { order: 'any' }))).toEqual({
      any: 'yes',
      all: [
        { status: 'rejected', reason: 'plain' },
        { status: 'fulfilled', value: 'b' },
      ],
    });
  });

  it('child durable functions, in a row, in parallel and recursive', async () => {
    const leaf = durable(async ($, name: string) => {
      await $.sleep('sleep', sleep)(1);
      return $.call('work', work)(name);
    });
    const tree: AnyFunction = durable(async ($, depth: number) => {
      if (depth === 0) return 1;
      return (
        ((await $.call('tree', tree)(depth - 1)) as number) +
        ((await $.call('tree#2', tree)(depth - 1)) as number)
      );
    });
    const fn = durable(async ($) => {
      const one = await $.call('leaf', leaf)('one');
      const two = await $.call('leaf#2', leaf)('two');
      const both = await $.combinator(
        'Promise.all',
        'all',
      )([$.start('leaf#3', leaf)('three'), $.start('leaf#4', leaf)('four')]);
      return [one, two, both, await $.call('tree', tree)(3)];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['one', 'two', ['three', 'four'], 8]);
    expect(keysOf(run)).toEqual(['leaf/work', 'leaf#2/work', 'leaf#3/work', 'leaf#4/work']);
  });

  it('errors: classes, properties, causes, caught once', async () => {
    class PaymentError extends Error {
      readonly code: number;
      constructor(message: string, code: number, options?: ErrorOptions) {
        super(message, options);
        this.code = code;
      }
    }
    const pay = async (): Promise<void> => {
      effect('pay');
      throw new PaymentError('declined', 402, { cause: new TypeError('inner') });
    };
    const fn = durable(
      async ($) => {
        const log: unknown[] = [];
        try {
          await $.call('pay', pay)();
        } catch (error) {
          log.push(error instanceof PaymentError && [error.code, (error.cause as Error).message]);
        } finally {
          log.push(await $.call('work', work)('cleanup'));
        }
        try {
          await $.call('sync', () => {
            throw new RangeError('sync');
          })();
        } catch (error) {
          log.push(error instanceof RangeError && error.message);
        }
        await $.call('pay#2', pay)();
        return log;
      },
      { classes: () => ({ PaymentError }) },
    );
    const run = await crashEverywhere(fn);
    expect(run.outcome).toMatchObject({ status: 'rejected', reason: { message: 'declined', code: 402 } });
    expect((run.outcome as PromiseRejectedResult).reason).toBeInstanceOf(PaymentError);
    expect(run.effects.map(({ name }) => name)).toEqual(['pay', 'cleanup', 'pay']);
  });

  it('output, once', async () => {
    const fn = durable(async ($) => {
      $.console.log('begin');
      for (let i = 0; i < 3; i++) {
        $.console.log('turn', i);
        await $.call('work', work)(`${i}`);
      }
      $.console.warn('before the wait');
      await $.sleep('sleep', sleep)(30);
      $.console.log('end');
    });
    const run = await crashEverywhere(fn);
    expect(run.lines).toEqual(['begin', 'turn 0', 'turn 1', 'turn 2', 'before the wait', 'end']);
    // On a busy machine a step may take so long that lines before it are recorded by themselves.
    const types = typesOf(run).filter((type) => type !== 'output');
    expect(types).toEqual(['run-started', 'step', 'step', 'step', 'wait-set', 'wait-fired', 'run-ended']);
  });

  it('output that nothing follows is recorded by itself', async () => {
    const fn = durable(async ($) => {
      await $.call('work', async () => {
        await later(1, 0);
      })();
      $.console.log('waiting');
      await $.call('work#2', work)('slow', 40);
    });
    const run = await crashEverywhere(fn);
    expect(typesOf(run)).toEqual(['run-started', 'step', 'output', 'step', 'run-ended']);
  });

  it('clock and randomness', async () => {
    const fn = durable(async ($) => {
      const draw = (scope: Scope): unknown[] => [
        scope.now(),
        scope.date().toISOString(),
        scope.date(0).getTime(),
        scope.dateString(),
        scope.performanceNow(),
        scope.random(),
        scope.randomUUID(),
        [...scope.getRandomValues(new Uint8Array(40))],
      ];
      const first = draw($);
      await $.call('work', work)('a', 3);
      const second = draw($);
      const closures = await $.combinator(
        'Promise.all',
        'all',
      )(
        [5, 1].map(async (ms) => {
          const $1 = $.open('map');
          await $1.call('work#2', work)('b', ms);
          return draw($1);
        }),
      );
      await $.call('work#3', work)('end');
      return [first, second, closures];
    });
    const again = await execute(fn);
    const run = await crashEverywhere(fn, [], { order: 'free' });
    expect(returned(run)).not.toEqual(returned(again));
    const [first, second] = returned(run) as unknown[][];
    expect(first!.slice(5)).not.toEqual(second!.slice(5));
    expect(first![6]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('steps with names of their own', async () => {
    const fn = durable(async ($) => {
      const a = await $.step('charge card', step)('charge card', () => work('a'));
      const b = await $.step('charge card#2', step)('charge card', () => work('b'));
      const c = await $.step('"work"', step)('work', () => 7);
      const d = await $.step('step', step)(() => later(1, 8));
      const names = ['dyn 1', 'dyn 2', 'dyn'];
      for (const name of names) await $.step('step#2', step)(name, () => work(name));
      return [a, b, c, d];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['a', 'b', 7, 8]);
    expect(keysOf(run)).toEqual([
      'charge card',
      'charge card#2',
      '"work"',
      'step',
      'dyn 1',
      'dyn 2',
      '"dyn"',
    ]);
  });
});

describe('calls that are not awaited', () => {
  it('start where they stand, and are awaited later', async () => {
    const fn = durable(async ($) => {
      const p = $.start('work', work)('a', 5) as Promise<string>;
      const q = $.start('work#2', work)('b') as Promise<string>;
      const c = await $.call('work#3', work)('c', 2);
      return [await $.local('await local', p), await $.local('await local', q), c];
    });
    const run = await crashEverywhere(fn, [], { order: 'any' });
    expect(returned(run)).toEqual(['a', 'b', 'c']);
  });

  it('that return no promise are called again on each replay', async () => {
    const fn = durable(async ($) => {
      const helper = (n: number): { n: number; twice: () => number } => ({ n, twice: () => n * 2 });
      const made = $.start('helper', helper)(21) as ReturnType<typeof helper>;
      await $.call('work', work)('a');
      const more = $.start('helper', helper)(4) as ReturnType<typeof helper>;
      await $.call('work#2', work)('b');
      return [((await $.local('await local', made)) as typeof made).twice(), more.twice()];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual([42, 8]);
    expect(typesOf(run)).toEqual(['run-started', 'plain', 'step', 'plain', 'step', 'run-ended']);
  });

  it('that return no promise after a batch of outcomes', async () => {
    // Both outcomes are in the journal before the first is delivered, and the helper is called in between: a crash can
    // lose its event, but not theirs.
    const fn = durable(async ($) => {
      const made: unknown[] = [];
      await $.combinator(
        'Promise.all',
        'all',
      )(
        [0, 1, 2].map(async (n) => {
          const $1 = $.open('map');
          await $1.call('work', work)(`${n}`);
          const value = $1.start('helper', (x: number) => ({ x }))(n) as { x: number };
          made.push(value.x);
        }),
      );
      return made;
    });
    expect(returned(await crashEverywhere(fn, [], { order: 'any' }))).toEqual([0, 1, 2]);
  });

  it('that throw at once do so again', async () => {
    const fn = durable(async ($) => {
      const log: string[] = [];
      const broken = (): never => {
        throw new TypeError('at once');
      };
      try {
        $.start('broken', broken)();
      } catch (error) {
        log.push((error as Error).message);
      }
      await $.call('work', work)('a');
      return log;
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['at once']);
    expect(typesOf(run)).toEqual(['run-started', 'plain', 'step', 'run-ended']);
  });

  it('functions handed on become steps each time they are called', async () => {
    const fn = durable(async ($) =>
      $.combinator(
        'Promise.all',
        'all',
      )(
        ['a', 'b'].map($.callback('work', (name: string) => work(name)) as (name: string) => Promise<string>),
      ),
    );
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['a', 'b']);
    expect(keysOf(run)).toEqual(['work', 'work[1]']);
  });

  it('chains are one step', async () => {
    const api = {
      base: 'x',
      fetch(path: string) {
        return work(this.base + path);
      },
    };
    const fn = durable(async ($) => {
      const a = await $.chain('api.fetch', $durable.ref(api, 'fetch'), ['/1'], ($0) =>
        ($0 as Promise<string>).then((text) => text.toUpperCase()),
      );
      const b = $.startChain('work', work, ['b'], ($0) => ($0 as Promise<string>).then((text) => `${text}!`));
      return [a, await $.local('await local', b)];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual(['X/1', 'b!']);
    expect(keysOf(run)).toEqual(['api.fetch', 'work']);
  });

  it('a foreign callback of then is a step of its own', async () => {
    const fn = durable(async ($) => {
      const p = $.start('work', work)('a');
      return $.method('p.then', p, 'then')(work);
    });
    const run = await crashEverywhere(fn);
    expect(run.effects.map(({ name }) => name)).toEqual(['a', 'a']);
    expect(keysOf(run)).toEqual(['work', 'p.then']);
  });
});

describe('what is workflow code', () => {
  it('marked closures run inline, foreign functions are steps', async () => {
    const fn = durable(async ($) => {
      const inner = $durable.mark(async (x: string) => {
        const $1 = $.open('inner');
        return $1.call('work', work)(x);
      });
      const invoke = (callee: unknown): unknown => $.call('callee', callee)('v');
      const bound = $durable.bindFunction(inner)(undefined);
      return [
        await invoke(inner),
        await invoke(work),
        await invoke(bound),
        await $.method('inner.call', inner, 'call')(undefined, 'c'),
        await $.method('inner.apply', inner, 'apply')(undefined, ['d']),
        await $.method('work.call', work, 'call')(undefined, 'e'),
      ];
    });
    const run = await crashEverywhere(fn);
    expect(keysOf(run)).toEqual([
      'inner/work',
      'callee',
      'inner[1]/work',
      'inner[2]/work',
      'inner[3]/work',
      'work.call',
    ]);
  });

  it('methods of local objects and classes are workflow code', async () => {
    const fn = durable(async ($) => {
      const run = {
        async run() {
          return $.open('run').call('work', work)('object');
        },
      };
      const object = $durable.markMethods(run, 'run');
      class Local {
        async run(): Promise<unknown> {
          return $.open('run#2').call('work', work)('class');
        }
        static async make(): Promise<Local> {
          await $.open('make').call('work', work)('static');
          return new Local();
        }
      }
      $durable.markClass(Local);
      const local = (await $.method('Local.make', Local, 'make')()) as Local;
      return [await $.method('object.run', object, 'run')(), await $.method('local.run', local, 'run')()];
    });
    const run = await crashEverywhere(fn);
    expect(keysOf(run)).toEqual(['make/work', 'run/work', 'run#2/work']);
  });

  it('builtins are never steps', async () => {
    const fn = durable(async ($) => [
      await $.method('Promise.resolve', Promise, 'resolve')(1),
      await $.method('xs.map', [1, 2], 'map')((x: number) => x + 1),
      await $.call('JSON.parse', JSON.parse)('[3]'),
    ]);
    const run = await execute(fn);
    expect(returned(run)).toEqual([1, [2, 3], [3]]);
    expect(typesOf(run)).toEqual(['run-started', 'run-ended']);
  });

  it('a closure handed to a step is part of it', async () => {
    const each = async (names: string[], visit: (name: string) => Promise<unknown>): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (const name of names) seen.push(await visit(name));
      return seen;
    };
    const fn = durable(async ($) => {
      const visit = $durable.mark(async (name: string) => {
        const $1 = $.open('visit');
        return $1.call('work', work)(name);
      });
      const inStep = await $.call('each', each)(['a', 'b'], visit);
      return [inStep, await visit('c')];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual([['a', 'b'], 'c']);
    expect(keysOf(run)).toEqual(['each', 'visit/work']);
  });

  it('durable waits and named steps inside a step are errors', async () => {
    const fn = durable(async ($) => {
      const nap = $durable.mark(async () => {
        const $1 = $.open('nap');
        await $1.sleep('sleep', sleep)(1);
      });
      const run = async (body: () => Promise<void>): Promise<string> =>
        body().then(String, (error) => error.message);
      return $.call('run', run)(nap);
    });
    expect(returned(await crashEverywhere(fn))).toMatch(/sleep\(\) was called inside a step/);
  });

  it('an undecided call that uses closures and returns no promise is refused', async () => {
    const fn = durable(async ($) => {
      const visit = $durable.mark(async () => $.open('visit').call('work', work)('a'));
      try {
        $.start('make', (body: () => unknown) => [body()])(visit);
        return 'accepted';
      } catch (error) {
        return error instanceof MisuseError;
      }
    });
    expect(returned(await execute(fn))).toBe(true);
  });
});

describe('as JavaScript does', () => {
  it('throws what calls of nothing throw, after the arguments', async () => {
    const fn = durable(async ($) => {
      const log: string[] = [];
      const attempt = async (call: () => unknown): Promise<void> => {
        try {
          log.push(String(await call()));
        } catch (error) {
          log.push(`${(error as Error).name}: ${(error as Error).message}`);
        }
      };
      const note = (text: string): string => {
        log.push(text);
        return text;
      };
      await attempt(() => $.call('f', undefined)(note('argument')));
      await attempt(() => $.method('o.f', {}, 'f')(note('argument')));
      await attempt(() => $.method('o.f', null, 'f')(note('never')));
      await attempt(() => $.optional('f', undefined)?.(note('never')));
      await attempt(() => $.optionalMethod('o.f', null, 'f', 'receiver')?.(note('never')));
      await attempt(() => $.optionalMethod('o.f', {}, 'f', 'function')?.(note('never')));
      await attempt(() => $.optionalMethod('o.f', null, 'f', 'function')?.(note('never')));
      await attempt(() => $.optionalMethod('o.f', { f: work }, 'f', 'both')?.('called'));
      await attempt(() => $.optional('f', work)?.('called'));
      return log;
    });
    expect(returned(await crashEverywhere(fn))).toEqual([
      'argument',
      'TypeError: f is not a function',
      'argument',
      'TypeError: o.f is not a function',
      "TypeError: Cannot read properties of null (reading 'f')",
      'undefined',
      'undefined',
      'undefined',
      "TypeError: Cannot read properties of null (reading 'f')",
      'called',
      'called',
    ]);
  });

  it('makes steps of lazy thenables and refuses foreign async iterables', async () => {
    const query = (): object => ({
      // biome-ignore lint/suspicious/noThenProperty: it is what query builders are
      then: (resolve: (rows: string[]) => void) => {
        effect('query');
        resolve(['row']);
      },
    });
    const fn = durable(async ($) => {
      const messages: string[] = [];
      const attempt = (call: () => unknown): void => {
        try {
          call();
        } catch (error) {
          messages.push((error as Error).constructor.name);
        }
      };
      const lazy = $.start('query', query)();
      const local = await $.local('await local', lazy);
      attempt(() => $.iterate((async function* () {})()));
      attempt(() => $.iterate([1]));
      const all = await $.combinator('Promise.all', 'all')([lazy]);
      return [messages, local, all, await $.call('query#2', query)()];
    });
    const run = await crashEverywhere(fn);
    expect(returned(run)).toEqual([['MisuseError'], ['row'], [['row']], ['row']]);
    expect(run.effects.map(({ key }) => key)).toEqual(['await local', 'Promise.all', 'query#2']);
  });

  it('takes as many ticks as plain code when run as plain code', async () => {
    const immediate = async (name: string): Promise<string> => name;
    const plain = async (log: string[]): Promise<void> => {
      log.push(await immediate('a'));
      const p = immediate('b');
      await Promise.all([p, immediate('c')]);
      log.push(await immediate('d'));
    };
    const compiled = durable(async ($, log: string[]) => {
      log.push((await $.call('immediate', immediate)('a')) as string);
      const p = $.start('immediate#2', immediate)('b');
      await $.combinator('Promise.all', 'all')([p, $.start('immediate#3', immediate)('c')]);
      log.push((await $.call('immediate#4', immediate)('d')) as string);
    });
    const ticks = async (run: () => Promise<unknown>): Promise<number> => {
      let count = 0;
      let running = true;
      const end = run().then(() => {
        running = false;
      });
      while (running) {
        await null;
        count++;
      }
      await end;
      return count;
    };
    const wrapped = async (log: string[]): Promise<unknown> => plain(log);
    expect(await ticks(() => $durable.runPlain(() => compiled([])))).toBe(await ticks(() => wrapped([])));
  });
});
