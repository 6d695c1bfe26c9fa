/**
 * Whatever is thrown while a runtime handles the outcome of a step or the end of a run: the run ends, or is parked, by name,
 * and the others go on. No test here may wait for ever, and nothing may reach the process.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../../runtime/base/error-text.ts';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import {
  type BlockedRun,
  createRuntime,
  memoryStore,
  type Runtime,
  type RuntimeOptions,
  registerClass,
  type StepPolicy,
  sleep,
  waitFor,
  withPolicy,
} from '../../../runtime/index.ts';
import type { RuntimeHooks } from '../../../runtime/local/time/runtime-hooks.ts';
import { systemHooks } from '../../../runtime/local/time/runtime-hooks.ts';
import type { RunTrace, Tracing } from '../../../runtime/port/tracing.ts';
import { durable } from '../../support/compiled.ts';
import { settled } from '../../support/crash.ts';

const escaped: unknown[] = [];
const warnings: string[] = [];
const onEscape = (error: unknown): void => void escaped.push(error);
const onWarning = (warning: Error): void => void warnings.push(warning.message);
const runtimes: Runtime[] = [];

beforeEach(() => {
  process.on('uncaughtException', onEscape);
  process.on('warning', onWarning);
});
afterEach(async () => {
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
  await turn();
  process.off('uncaughtException', onEscape);
  process.off('warning', onWarning);
  expect(escaped.splice(0)).toEqual([]);
  warnings.splice(0);
});

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function open(options: Partial<RuntimeOptions> = {}, hooks: Partial<RuntimeHooks> = {}): Runtime {
  const whole = {
    store: memoryStore(),
    onBlocked: () => {},
    ...options,
    hooks: Object.assign({ ...systemHooks }, hooks),
  };
  const runtime = createRuntime(whole as RuntimeOptions);
  runtimes.push(runtime);
  return runtime;
}

const throws = (...given: [error?: unknown]): never => {
  throw given.length === 0 ? new Error('thrown') : given[0];
};

/** Runs it beside another run, which must not suffer. Gives the outcome, and the status of the run. */
async function endOf(runtime: Runtime, fn: AnyFunction): Promise<string> {
  const healthy = durable(async ($) => {
    await $.sleep('sleep', sleep)(3);
    return $.call('step', async () => 'well')();
  });
  const run = await runtime.start(fn, []);
  const other = await runtime.start(healthy, []);
  const outcome = await settled(run.result());
  expect(await other.result()).toBe('well');
  const status = await run.status();
  if (outcome.status === 'fulfilled') return `${status}: ${JSON.stringify(outcome.value)}`;
  const { reason } = outcome;
  return `${status}: ${reason instanceof Error ? `${reason.name}: ${reason.message}` : textOf(reason)}`;
}

/** Throws at each look. */
const hostile = (): object =>
  new Proxy(
    {},
    {
      get: () => throws(),
      getPrototypeOf: () => throws(),
      ownKeys: () => throws(),
      getOwnPropertyDescriptor: () => throws(),
      has: () => throws(),
    },
  );

class Guarded extends Error {
  override get message(): string {
    return throws();
  }
  override get name(): string {
    return throws();
  }
  override get stack(): string {
    return throws();
  }
  override toString(): string {
    return throws();
  }
}

class HalfPair extends Error {
  [Symbol.for('use-durable.encode')](): unknown {
    return 1;
  }
}

class Refusing extends Error {}
registerClass(Refusing, { encode: () => throws(new Error('encode threw')), decode: () => new Refusing() });
class Unreadable {
  n = 1;
}
registerClass(Unreadable, { encode: () => 1, decode: () => throws(new Error('decode threw')) });
class UnreadableError extends Error {}
registerClass(UnreadableError, { encode: () => 1, decode: () => throws(new Error('decode threw')) });
// biome-ignore lint/complexity/noStaticOnlyClass: it is a class by what it is asked
class Inquisitive {
  static [Symbol.hasInstance](): boolean {
    return throws(new Error('hasInstance threw'));
  }
}

const arrow = (): void => {};
const half = { HalfPair };
const strange = {
  reportError: arrow,
  asyncFault: async () => {},
  Inquisitive,
  NoFailure: new Proxy(() => {}, { get: () => throws() }),
};

describe('what a step throws', () => {
  const cases: readonly (readonly [what: string, error: () => unknown, end: RegExp])[] = [
    [
      'an error, in a file that names functions like error classes',
      () => new RangeError('no'),
      /^failed: RangeError: no$/,
    ],
    ['null', () => null, /^failed: null$/],
    ['undefined', () => undefined, /^failed: undefined$/],
    ['a symbol', () => Symbol('s'), /^failed: SerializationError: .*symbol/],
    ['a function', () => arrow, /^failed: SerializationError: .*function/],
    ['a proxy that throws', hostile, /^failed: SerializationError: .*can't be written/],
    ['an object without a prototype', () => Object.create(null), /^failed: What it threw has no text/],
    ['an error whose getters throw', () => new Guarded(), /^failed: SerializationError/],
    [
      'an error of a class with half a pair of rules',
      () => new HalfPair('h'),
      /^failed: SerializationError: .*only one of encode/,
    ],
    ['an error whose encode throws', () => new Refusing('r'), /^failed: SerializationError: .*encode threw/],
    [
      'an error whose decode throws',
      () => new UnreadableError('u'),
      /^(blocked|failed): SerializationError: The decode of the class/,
    ],
    [
      'an error with a cause that throws',
      () => new Error('outer', { cause: hostile() }),
      /^failed: Error: outer$/,
    ],
    [
      'an error with a getter that throws',
      () => Object.defineProperty(new Error('own'), 'x', { get: throws, enumerable: true }),
      /^failed: Error: own$/,
    ],
  ];
  it.each(cases.map(([what, error, end]) => ({ what, error, end })))('$what', async ({ error, end }) => {
    for (const policy of [undefined, { retry: { attempts: 2, delay: 1 } }, { timeout: '5s' }] as const) {
      for (const late of [false, true]) {
        const body = async (): Promise<never> => {
          if (late) await turn();
          return throws(error());
        };
        const call = policy === undefined ? body : withPolicy(body, policy);
        const fn = durable(async ($) => $.call('step', call)(), { classes: () => ({ ...strange, ...half }) });
        expect(await endOf(open(), fn)).toMatch(end);
        const begun = durable(async ($) => await $.start('step', call)(), {
          classes: () => ({ ...strange, ...half }),
        });
        expect(await endOf(open(), begun)).toMatch(end);
      }
    }
  });

  it('a thrown thing that a run lets pass, and one that it throws itself', async () => {
    const fn = durable(async () => throws(hostile()));
    expect(await endOf(open(), fn)).toMatch(/^failed: SerializationError/);
    const unreadable = durable(async () => throws(new UnreadableError('u')));
    const runtime = open();
    const run = await runtime.start(unreadable, []);
    await expect(run.result()).rejects.toThrow('The decode of the class');
  });
});

describe('what a step returns', () => {
  const cases: readonly (readonly [what: string, value: () => unknown, end: RegExp])[] = [
    ['a proxy that throws', hostile, /^failed: /],
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    ['a thenable whose then throws', () => ({ then: () => throws() }), /^failed: Error: thrown$/],
    [
      'an object whose then is a getter that throws',
      () => Object.defineProperty({}, 'then', { get: throws }),
      /^failed: Error: thrown$/,
    ],
    [
      'a promise whose constructor is a getter that throws',
      () => Object.defineProperty(Promise.resolve(1), 'constructor', { get: throws }),
      /^failed: Error: thrown$/,
    ],
    [
      'a value with a getter that throws',
      () => Object.defineProperty({}, 'x', { get: throws, enumerable: true }),
      /^failed: SerializationError: .*threw while it was read/,
    ],
    [
      'an instance whose decode throws',
      () => new Unreadable(),
      /^(blocked|failed): SerializationError: The decode of the class/,
    ],
    ['a value with a toJSON that throws', () => ({ toJSON: throws }), /^failed: SerializationError/],
    [
      'an instance of a class that answers instanceof by throwing',
      () => new Inquisitive(),
      /^failed: SerializationError|^completed/,
    ],
  ];
  it.each(cases.map(([what, value, end]) => ({ what, value, end })))('$what', async ({ value, end }) => {
    for (const policy of [undefined, { retry: { attempts: 2, delay: 1 } }, { timeout: '5s' }] as const) {
      const body = () => value();
      const call = policy === undefined ? body : withPolicy(body, policy);
      const fn = durable(async ($) => void (await $.call('step', call)()), { classes: () => strange });
      expect(await endOf(open(), fn)).toMatch(end);
    }
  });
});

describe('what a policy asks', () => {
  const policies: readonly (readonly [what: string, policy: () => StepPolicy, end: RegExp])[] = [
    [
      'a retryIf that throws',
      () => ({ retry: { attempts: 3, delay: 1, retryIf: () => throws(new Error('asked')) } }),
      /^failed: RangeError: no$/,
    ],
    [
      'a retryIf that gives a promise',
      () => ({ retry: { attempts: 3, delay: 1, retryIf: (async () => false) as never } }),
      /^failed: MisuseError: retryIf returned a promise/,
    ],
    [
      'a retryIf that gives a rejected promise',
      () => ({ retry: { attempts: 3, delay: 1, retryIf: (async () => throws()) as never } }),
      /^failed: MisuseError: retryIf returned a promise/,
    ],
    ['a policy that is spoilt once it is given', spoilt, /^failed: RangeError: no$/],
  ];
  function spoilt(): StepPolicy {
    const policy = { retry: { attempts: 2, delay: 1 as unknown }, timeout: '1s' as unknown };
    queueMicrotask(() => {
      policy.retry.delay = 'soon';
      policy.timeout = 'late';
    });
    return policy as StepPolicy;
  }
  it.each(policies.map(([what, policy, end]) => ({ what, policy, end })))(
    '$what',
    async ({ policy, end }) => {
      const call = withPolicy(async () => throws(new RangeError('no')), policy());
      await turn();
      expect(
        await endOf(
          open(),
          durable(async ($) => $.call('step', call)()),
        ),
      ).toMatch(end);
      const again = policy();
      const runtime = open({ stepPolicy: again });
      await turn();
      const fn = durable(async ($) => $.call('step', async () => throws(new RangeError('no')))());
      expect(await endOf(runtime, fn)).toMatch(end);
    },
  );
});

describe('what looks on', () => {
  const tracer = (
    parts: Partial<Record<keyof RunTrace | 'begin' | 'attempt.within' | 'attempt.end', boolean>>,
  ): Tracing => {
    const may = (part: keyof typeof parts): void => {
      if (parts[part]) throws(new Error(`${part} threw`));
    };
    return {
      begin: () => {
        may('begin');
        return {
          origin: '',
          within: (fn) => {
            may('within');
            return fn();
          },
          end: () => may('end'),
          attempt: () => {
            may('attempt');
            return {
              within: (fn) => {
                may('attempt.within');
                return fn();
              },
              end: () => may('attempt.end'),
            };
          },
        };
      },
    };
  };
  it.each(['begin', 'within', 'end', 'attempt', 'attempt.within', 'attempt.end'] as const)(
    'a tracer whose %s throws',
    async (part) => {
      const fn = durable(async ($) => [
        await $.call('step', async () => 1)(),
        await $.start('begun', async () => 2)(),
      ]);
      expect(await endOf(open({ tracing: tracer({ [part]: true }) }), fn)).toBe('completed: [1,2]');
      expect(warnings.some((text) => text === `Tracing failed: ${part} threw`)).toBe(true);
    },
  );

  it('a listener that throws, or rejects', async () => {
    const runtime = open();
    runtime.on('*', () => throws());
    runtime.on('*', async () => throws());
    runtime.on('*', () => throws(hostile()));
    expect(
      await endOf(
        runtime,
        durable(async ($) => $.call('step', async () => 1)()),
      ),
    ).toBe('completed: 1');
  });

  it.each([
    ['throws', () => throws()],
    ['rejects', async () => throws()],
  ])('an onBlocked that %s', async (_, onBlocked: (run: BlockedRun) => void) => {
    const fn = durable(async ($) => $.call('step', () => new Unreadable())());
    expect(await endOf(open({ onBlocked }), fn)).toMatch(/^blocked: SerializationError/);
  });

  it('a console that throws prints nothing, and the run goes on', async () => {
    const { log } = console;
    console.log = () => throws();
    try {
      const fn = durable(async ($) => {
        $.console.log('one');
        return $.call('step', async () => 1)();
      });
      expect(await endOf(open(), fn)).toBe('completed: 1');
    } finally {
      console.log = log;
    }
  });
});

describe('what stands in for the world in tests', () => {
  it.each([
    ['substitute', { substitute: () => throws() }, /^failed: Error: thrown$/],
    [
      'busy',
      { busy: (_run: string, _key: string, isBusy: boolean) => isBusy && throws() },
      /^blocked: DurableError: .*was parked/,
    ],
    ['random', { random: () => throws() }, /^failed: Error: thrown$/],
    ['asked', { asked: () => throws() }, /^blocked|^failed: Error: thrown$/],
  ] as const)('a hook %s that throws', async (_, hooks, end) => {
    const runtime = open({}, hooks as Partial<RuntimeHooks>);
    const call = withPolicy(async () => throws(new Error('thrown')), { retry: { attempts: 2, delay: 1 } });
    const run = await runtime.start(
      durable(async ($) => $.call('step', call)()),
      [],
    );
    const outcome = await settled(run.result());
    const text =
      outcome.status === 'rejected'
        ? `${await run.status()}: ${outcome.reason.name}: ${outcome.reason.message}`
        : '';
    expect(text).toMatch(end);
  });
});

it('rejections that nobody handles, whatever they are, are told by a text', async () => {
  const runtime = open();
  for (const reason of [hostile(), new Guarded(), Symbol('s'), Object.create(null), null]) {
    const fn = durable(async () => {
      void Promise.reject(reason);
      return 1;
    });
    expect(await endOf(runtime, fn)).toBe('completed: 1');
  }
});

it('a cancelled run tells its steps, and a step whose listener throws does no harm to others', async () => {
  const runtime = open();
  const fn = durable(async ($) => $.call('waitFor', waitFor)('never'));
  const run = await runtime.start(fn, []);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ name: 'CancelledError' });
});
