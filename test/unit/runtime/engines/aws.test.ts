import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import {
  callbackError,
  callbackResult,
  type LambdaHandler,
  type LambdaOptions,
  toLambda,
} from '../../../../runtime/engines/aws-lambda/index.ts';
import {
  type AnyFunction,
  createCallback,
  currentRun,
  LimitError,
  NonDeterminismError,
  NotCompiledError,
  sleep,
  startChild,
  TimeoutError,
  UnsupportedError,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { type ExecutionOptions, LambdaExecution } from '../../../support/lambda-execution.ts';

let counter = 0;

function execution(
  fn: AnyFunction,
  event: unknown = {},
  { options = {}, ...rest }: ExecutionOptions & { options?: LambdaOptions } = {},
): LambdaExecution {
  return new LambdaExecution(`arn:${++counter}`, toLambda(fn, options), JSON.stringify(event), rest);
}

/** What the execution gives back to whoever started it. */
async function outcome(run: LambdaExecution): Promise<unknown> {
  const output = await run.run();
  if (output.Status === 'SUCCEEDED')
    return output.Result === undefined ? undefined : JSON.parse(output.Result);
  return { status: output.Status, ...(output.Status === 'FAILED' && { error: output.Error }) };
}

const names = (run: LambdaExecution): string[] =>
  run.book.entries.filter(({ type }) => type !== 'EXECUTION').map(({ name }) => String(name));

describe('toLambda', () => {
  it('gives the event as the argument, and returns JSON', async () => {
    const fn = durable(async ($, event: { name: string }) => ({
      hello: await $.call('greet', (name: string) => `Hello ${name}`)(event.name),
      at: new Date(0),
    }));
    expect(await outcome(execution(fn, { name: 'Ada' }))).toEqual({
      hello: 'Hello Ada',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('fails the execution with the name, the message and the whole of the error', async () => {
    const fn = durable(async ($) =>
      $.call('f', () => Promise.reject(Object.assign(new RangeError('no'), { code: 7 })))(),
    );
    const { error } = (await outcome(execution(fn))) as { error: { ErrorData: string } };
    expect(error).toMatchObject({ ErrorType: 'RangeError', ErrorMessage: 'no' });
    expect(error.ErrorData).toContain('code');
  });

  it('refuses a result that JSON would lose', async () => {
    const fn = durable(async () => ({ when: new Map() }));
    expect(await outcome(execution(fn))).toMatchObject({
      status: 'FAILED',
      error: {
        ErrorType: 'SerializationError',
        ErrorMessage: expect.stringContaining('result.when is a Map'),
      },
    });
  });

  it('refuses a function that was not compiled', () => {
    expect(() => toLambda(async () => {})).toThrow(NotCompiledError);
  });

  it('refuses signals without a way to them', async () => {
    const steps = [{ id: 'waitFor', kind: 'signal', line: 1, column: 1 }] as const;
    const fn = durable(async ($) => $.call('waitFor', waitFor)('go'), { steps });
    expect(() => toLambda(fn)).toThrow(UnsupportedError);
    const unseen = durable(async ($) => $.call('waitFor', waitFor)('go'));
    expect(await outcome(execution(unseen))).toMatchObject({
      error: { ErrorType: 'UnsupportedError', ErrorMessage: expect.stringContaining('onWaitFor') },
    });
  });

  it('leaves an invocation that is not durable to the SDK to refuse', async () => {
    const handler = toLambda(durable(async () => 1));
    await expect(handler({ name: 'Ada' } as never, {})).rejects.toThrow('durable');
  });
});

describe('operations', () => {
  it('are named after their keys', async () => {
    const fn = durable(async ($) => {
      for (let i = 0; i < 2; i++) {
        await $.call('look', () => i)();
        await $.sleep('sleep', (await import('../../../../runtime/index.ts')).sleep)('5s');
      }
    });
    const run = execution(fn);
    await run.run();
    expect(names(run)).toEqual(['look', 'sleep', 'look[1]', 'sleep[1]']);
    expect(run.invocations).toBe(3);
  });

  it('are refused a body in a further attempt, since nothing says what the first one has read of it', async () => {
    const send = async (request: Request): Promise<never> => {
      throw new Error(await request.text());
    };
    const fn = durable(async ($) => {
      const request = new Request('http://here/', { method: 'POST', body: 'order' });
      return await $.call('send', withPolicy(send, { retry: { attempts: 2, delay: '5s' } }))(request);
    });
    expect(await outcome(execution(fn))).toMatchObject({
      error: { ErrorType: 'MisuseError', ErrorMessage: expect.stringMatching(/^Attempt 2 of step "send"/) },
    });
  });

  it('cost nothing but the steps themselves in a sequence', async () => {
    const fn = durable(async ($) => {
      for (let i = 0; i < 5; i++) await $.call('step', async () => i)();
      await Promise.all([1, 2, 3].map((i) => $.call('step', async () => i)()));
      return Promise.race([$.call('quick', async () => 'quick')(), $.delay('never')(60_000)]);
    });
    const run = execution(fn);
    expect(await outcome(run)).toBe('quick');
    expect(names(run).filter((name) => name.startsWith('~'))).toEqual([]);
  });

  it('record the order where several waits are over', async () => {
    const fn = durable(async ($) => {
      const order: number[] = [];
      await Promise.all(
        [3000, 1000, 2000].map(async (ms) => {
          await $.delay('wait')(ms);
          order.push(ms);
        }),
      );
      return order;
    });
    const run = execution(fn, {}, { dies: true });
    expect(await outcome(run)).toEqual([1000, 2000, 3000]);
    expect(names(run).filter((name) => name === '~order')).toHaveLength(2);
  });
});

describe('changed code', () => {
  const version = (id: string, calls: readonly string[]) =>
    durable(
      async ($) => {
        for (const call of calls) await $.call(call, () => call)();
        await $.delay('wait')(5000);
        return 'done';
      },
      { id },
    );

  it('is refused with what is recorded and what is asked for, and nothing is lost', async () => {
    const book = execution(version('changed', ['first', 'second']));
    expect((await book.invoke())?.Status).toBe('PENDING');
    const before = JSON.stringify(book.book.entries);
    const next = new LambdaExecution('arn:x', toLambda(version('changed', ['first', 'third'])), '{}');
    next.book.restore(book.book.entries);
    const refused = next.invoke();
    await expect(refused).rejects.toThrow(NonDeterminismError);
    await expect(refused).rejects.toThrow(
      /recorded: the outcome of "second"[\s\S]*the code: asks for step "third"/,
    );
    expect(JSON.stringify(book.book.entries)).toBe(before);
    expect(await outcome(execution(version('changed', ['first', 'second'])))).toBe('done');
    const again = new LambdaExecution('arn:y', toLambda(version('changed', ['first', 'second'])), '{}');
    again.book.restore(book.book.entries);
    expect(await outcome(again)).toBe('done');
  });

  it('is refused where it ends too early, or asks for something else under a name', async () => {
    const book = execution(version('shorter', ['first', 'second']));
    await book.invoke();
    const refuse = async (fn: AnyFunction): Promise<unknown> => {
      const next = new LambdaExecution('arn:z', toLambda(fn), '{}');
      next.book.restore(book.book.entries);
      return next.invoke().catch((error: Error) => error.message);
    };
    const ends = durable(async ($) => $.call('first', () => 1)(), { id: 'shorter' });
    expect(await refuse(ends)).toContain('has returned or thrown without asking for that');
    const waits = durable(async ($) => $.delay('first')(1), { id: 'shorter' });
    const refusal = await refuse(waits);
    expect(refusal).toContain('recorded: the step "first"');
    expect(refusal).toContain('the code: asks for the wait "first"');
  });
});

describe('limits', () => {
  it('fails a step whose result is too large, which the function may catch', async () => {
    const fn = durable(async ($) => {
      try {
        await $.call('load', () => 'x'.repeat(256 * 1024))();
        return 'loaded';
      } catch (error) {
        return error instanceof LimitError ? [error.code, error.message] : 'another error';
      }
    });
    expect(await outcome(execution(fn))).toEqual([
      'LIMIT',
      expect.stringContaining('result of step "load" takes 257 KB'),
    ]);
  });

  it('carries large errors', async () => {
    const fn = durable(async ($) =>
      $.call('load', () => Promise.reject(new Error('x'.repeat(100_000))))().catch(
        (error: Error) => error.message.length,
      ),
    );
    expect(await outcome(execution(fn, {}, { dies: true }))).toBe(100_000);
  });

  it('fails an execution with too many operations', async () => {
    const fn = durable(async ($) => {
      await Promise.all(Array.from({ length: 3000 }, (_, i) => $.call('step', () => i)()));
    });
    expect(await outcome(execution(fn))).toMatchObject({
      error: { ErrorType: 'LimitError', ErrorMessage: expect.stringContaining('3000 operations') },
    });
  });

  it('refuses waits that are too long', async () => {
    const fn = durable(async ($) => {
      const failures: string[] = [];
      await $.sleep('wait', sleep)('400 days').catch((error: Error) => failures.push(error.message));
      await $.call(
        'createCallback',
        createCallback,
      )({ timeout: '400 days' }).catch((error: Error) => failures.push(error.name));
      return failures;
    });
    expect(await outcome(execution(fn))).toEqual([expect.stringContaining('366 days'), 'UnsupportedError']);
  });

  it('refuses waits that are to be called off', async () => {
    const fn = durable(async ($) => {
      const { signal } = new AbortController();
      return $.sleep('wait', sleep)(5, { signal }).catch((error: Error) => error.name);
    });
    expect(await outcome(execution(fn))).toBe('UnsupportedError');
  });

  it('refuses another run whose Lambda function is not known', async () => {
    const child = durable(async () => 1);
    const fn = durable(async ($) => $.call('startChild', startChild)(child, []));
    expect(await outcome(execution(fn))).toMatchObject({
      error: { ErrorType: 'UnsupportedError', ErrorMessage: expect.stringContaining('functions: {') },
    });
  });
});

describe('runs started by runs', () => {
  const child = durable(async ($, n: number) => $.call('double', async () => n * 2)(), { id: 'aws-double' });
  const other = durable(async () => 1, { id: 'aws-other' });
  const options = { functions: { 'aws-double': 'double', 'aws-other': 'other' } };

  it('are started once under one id', async () => {
    const fn = durable(async ($) => {
      const id = `${currentRun().id}/x`;
      const start = (): Promise<{ result(): Promise<unknown> }> =>
        $.call('start', startChild)(child, [21], { id }) as never;
      await $.delay('wait')(2000);
      // A replay asks for both before it knows whether the first has begun.
      const runs = await Promise.all([start(), start()]);
      await $.call('between', () => 1)();
      runs.push(await start());
      return Promise.all(runs.map((run) => run.result()));
    });
    for (const dies of [false, true]) {
      let before: string[] = [];
      const handlerOf = (): LambdaHandler => {
        before = names(run);
        return toLambda(child);
      };
      const run: LambdaExecution = execution(fn, {}, { options, handlerOf, dies });
      expect(await outcome(run)).toEqual([42, 42, 42]);
      expect(run.book.entries.filter(({ type }) => type === 'CHAINED_INVOKE')).toHaveLength(1);
      // Nobody waited for its end before.
      expect(before).toContain('between');
    }
  });

  it('fail where the result is larger than an operation', async () => {
    const large = durable(async (_, size: number) => 'x'.repeat(size), { id: 'aws-large' });
    const fn = durable(async ($) => {
      const failures: unknown[] = [];
      for (const size of [250 * 1024, 256 * 1024]) {
        const run = await $.call('start', startChild)(large, [size]);
        failures.push(
          await run.result().then(
            (text: unknown) => String(text).length === size,
            (error: unknown) => error instanceof LimitError && error.message,
          ),
        );
      }
      return failures;
    });
    const run = execution(
      fn,
      {},
      { options: { functions: { 'aws-large': 'large' } }, handlerOf: () => toLambda(large) },
    );
    expect(await outcome(run)).toEqual([
      true,
      expect.stringContaining('result that is returned to another run takes 257 KB'),
    ]);
  });

  it('are refused where the id is taken, or could be taken by another run', async () => {
    const fn = durable(async ($) => {
      const failures: string[] = [];
      const start = async (fn: AnyFunction, id: string): Promise<void> => {
        await ($.call('start', startChild)(fn, [1], { id }) as Promise<unknown>).catch((error: Error) =>
          failures.push(`${error.name}: ${error.message}`),
        );
      };
      await start(child, `${currentRun().id}/x`);
      await start(other, `${currentRun().id}/x`);
      await start(child, 'order-17');
      return failures;
    });
    const run = execution(fn, {}, { options, handlerOf: () => toLambda(child) });
    expect(await outcome(run)).toEqual([
      expect.stringMatching(/^RunConflictError: .*belongs to "aws-double"/),
      expect.stringMatching(/^UnsupportedError: .*"order-17".*currentRun\(\)\.id/),
    ]);
  });
});

describe('foreign promises', () => {
  it('are waited for while a wait is under way', async () => {
    const fn = durable(async ($) => {
      const late = $.delay('late')(3_600_000).then(() => 'late');
      const work = async (): Promise<string> => {
        await $.foreign(delay(120));
        return $.call('work', () => 'worked')() as Promise<string>;
      };
      return Promise.race([work(), late]);
    });
    const run = execution(fn);
    expect(await outcome(run)).toBe('worked');
    expect(run.invocations).toBe(1);
    expect(names(run)).toContain('~hold');
  });

  it('of the own making of the function suspend it, once nothing else can happen', async () => {
    const fn = durable(async ($) => {
      let open: () => void = () => {};
      const gate = new Promise<void>((resolve) => (open = resolve));
      void $.delay('wait')(3_600_000).then(() => open());
      await $.local('gate', gate);
      return $.call('after', () => 'opened')();
    });
    const run = execution(fn, {}, { options: { foreignPatience: 50 } });
    expect(await outcome(run)).toBe('opened');
    expect(run.invocations).toBe(2);
  });
});

describe('from outside', () => {
  it('takes plain JSON and text', async () => {
    const fn = durable(async ($) => {
      const results: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        const callback = await $.call('createCallback', createCallback)();
        results.push(
          (await callback.result().catch((error: Error) => `${error.name}: ${error.message}`)) ?? null,
        );
      }
      return results;
    });
    const answers: Parameters<LambdaExecution['complete']>[1][] = [
      { result: '{"ok":true}' },
      { result: 'plain text' },
      { result: undefined },
      { error: { ErrorType: 'Refused', ErrorMessage: 'no' } },
      { error: await callbackError(new RangeError('out of range')) },
    ];
    const run: LambdaExecution = execution(fn, {}, { onIdle: () => answerNext() });
    const answerNext = (): void => {
      const token = run.book.entries.find(({ type, status }) => type === 'CALLBACK' && status === 'STARTED')!
        .callbackId!;
      run.complete(token, answers.shift()!);
    };
    expect(await outcome(run)).toEqual([
      { ok: true },
      'plain text',
      null,
      'Refused: no',
      'RangeError: out of range',
    ]);
  });

  it('keeps what was over in time, though the engine lets it be completed after that', async () => {
    const named = (error: Error): string => error.name;
    const alone = durable(async ($) => {
      const callback = await $.call('createCallback', createCallback)({ timeout: '2s' });
      const answer = await callback.result().catch(named);
      await $.delay('wait')(5000);
      return answer;
    });
    const together = durable(async ($) => {
      const quick = async (): Promise<unknown> => {
        const answer = await $.call('quick', waitFor)('word', { timeout: '2s' }).catch(named);
        await $.delay('wait')(5000);
        return answer;
      };
      return Promise.all([quick(), $.call('slow', waitFor)('word', { timeout: '1h' }).catch(named)]);
    });
    for (const [fn, expected] of [
      [alone, 'TimeoutError'],
      [together, ['TimeoutError', 'TimeoutError']],
    ] as const) {
      const completeLate = (): void => {
        const late = run.book.entries.filter(({ status }) => status === 'TIMED_OUT');
        run.book.restore(late.map((entry) => ({ ...entry, status: 'SUCCEEDED', result: '"too late"' })));
      };
      const run: LambdaExecution = execution(
        fn,
        {},
        {
          options: { onWaitFor: () => {} },
          onCheckpoint: (updates) => updates.some(({ Type }) => Type === 'WAIT') && completeLate(),
        },
      );
      expect(await outcome(run)).toEqual(expected);
      expect(run.book.entries.map(({ status }) => status)).toContain('SUCCEEDED');
    }
  });

  it('hands the token of a signal over in a step, and fails the wait where that fails', async () => {
    const onWaitFor = vi.fn((name: string) => {
      if (name === 'broken') throw new RangeError('nobody there');
    });
    const fn = durable(async ($) => {
      const failed = await $.call('waitFor', waitFor)('broken').catch((error: Error) => error.name);
      return [
        failed,
        await $.call('waitFor', waitFor)('go'),
        await $.call('waitFor', waitFor)('late', { timeout: '1h' }).catch(
          (error: unknown) => error instanceof TimeoutError,
        ),
      ];
    });
    const run: LambdaExecution = execution(fn, {}, { options: { onWaitFor }, onIdle: () => answer() });
    const answer = (): void => {
      void callbackResult(new Date(0)).then((result) =>
        run.complete(onWaitFor.mock.calls[1]![1 as 0]!, { result }),
      );
    };
    expect(await outcome(run)).toEqual(['RangeError', '1970-01-01T00:00:00.000Z', true]);
    expect(onWaitFor).toHaveBeenCalledTimes(3);
    expect(onWaitFor.mock.calls[1]).toEqual([
      'go',
      expect.any(String),
      { id: expect.stringContaining('arn:') },
    ]);
  });
});
