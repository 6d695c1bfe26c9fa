import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { toLambda } from '../../../../runtime/engines/aws-lambda/index.ts';
import {
  createLocalLambda,
  ExecutionFailedError,
  type LocalLambda,
  type LocalLambdaOptions,
} from '../../../../runtime/engines/aws-local/index.ts';
import { Book } from '../../../../runtime/engines/aws-local/operation-log.ts';
import {
  MisuseError,
  memoryStore,
  RunConflictError,
  RuntimeClosedError,
  UnknownFunctionError,
} from '../../../../runtime/index.ts';
import type { RunStarted } from '../../../../runtime/journal/events.ts';
import { script } from '../../../support/bundles.ts';
import { durable } from '../../../support/compiled.ts';
import { bound } from '../../../support/hand-written/bound.ts';
import { EVERYTHING, everything, triple } from '../../../support/hand-written/everything.ts';
import { linesIn, registration } from '../../../support/hand-written/registration.ts';

import { itInFull, sample } from '../../../support/tier.ts';

const parent = fileURLToPath(new URL('../../../.tmp/', import.meta.url));
mkdirSync(parent, { recursive: true });
const folder = mkdtempSync(join(parent, 'aws-local-'));
const lambdas: LocalLambda[] = [];

function lambda(options: LocalLambdaOptions): LocalLambda {
  const made = createLocalLambda(options);
  lambdas.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(lambdas.splice(0).map((made) => made.close()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DONE = {
  status: 'completed',
  jobId: 'job-of-Ada',
  attempt: 2,
  mail: 'Welcome, Ada!',
  audit: 'written',
};
const CALLS = ['validate', 'start-job', 'check 1', 'check 2', 'mail', 'audit'];

describe('a handler written by hand', () => {
  itInFull('runs on a store', async () => {
    const world = join(folder, 'world');
    const local = lambda({ store: memoryStore(), functions: { registration } });
    const execution = await local.start('registration', { username: 'Ada', email: 'a@b.c', world });
    expect(await execution.result()).toEqual(DONE);
    expect(linesIn(world)).toEqual(CALLS);
  });

  it('uses all that the SDK has', async () => {
    const world = join(folder, 'everything');
    const local = lambda({ store: memoryStore(), functions: { everything, triple } });
    const execution = await local.start('everything', { world });
    const token = await vi.waitUntil(
      () => existsSync(world) && linesIn(world).find((line) => line.startsWith('token ')),
      10_000,
    );
    await local.completeCallback(token.slice('token '.length), 'yes');
    expect(await execution.result()).toEqual(EVERYTHING.result);
    expect(linesIn(world).map((line) => line.replace(/^token .*/, 'token'))).toEqual(EVERYTHING.calls);
  });

  it('returns more than the response of Lambda holds, also where the process died before its end', async () => {
    const size = 7 * 1024 * 1024;
    const large = withDurableExecution(async () => 'x'.repeat(size));
    const store = memoryStore();
    const append: typeof store.append = async (batch) => {
      if (batch.some(({ events }) => events.some(({ type }) => type === 'run-ended')))
        throw new Error('died');
      return store.append(batch);
    };
    const first = createLocalLambda({
      store: Object.setPrototypeOf({ append }, bound(store)),
      functions: { large },
    });
    const died = await first.start('large', {}, { id: 'large' });
    await expect(died.result()).rejects.toThrow('died');
    await first.close();
    const second = lambda({ store, functions: { large } });
    const [execution] = await second.recover();
    expect(String(await execution?.result())).toHaveLength(size);
    expect(await (await second.start('large', {})).result()).toHaveLength(size);
  });

  it('fails with what its error says', async () => {
    const local = lambda({ store: memoryStore(), functions: { registration } });
    const execution = await local.start('registration', { world: join(folder, 'refused') });
    await expect(execution.result()).rejects.toThrow(ExecutionFailedError);
    await expect(execution.result()).rejects.toThrow('username and email are required');
  });

  // In front of a checkpoint: what happened is not recorded, and happens again.
  for (const [fn, moment, appends, result, calls] of sample(
    [
      ['registration', 'behind', 1, DONE, CALLS],
      ['everything', 'behind', 2, EVERYTHING.result, EVERYTHING.calls],
      ['everything', 'in front of', 3, EVERYTHING.result, EVERYTHING.calls],
    ] as const,
    3,
  )) {
    itInFull(
      `goes on in another process: ${fn}, killed ${moment} each ${appends}. checkpoint`,
      () => {
        const world = join(folder, `${fn} ${moment}`);
        const event = JSON.stringify({ username: 'Ada', email: 'a@b.c', world });
        const child = script(new URL('../../../support/hand-written/process.ts', import.meta.url));
        let deaths = 0;
        for (; deaths < 60; deaths++) {
          const { stdout, signal, stderr } = spawnSync(
            process.execPath,
            [child, `${world}.db`, fn, event, moment, String(appends)],
            { encoding: 'utf8' },
          );
          if (signal === 'SIGKILL') continue;
          expect(stderr.split('\n').filter((line) => line.includes('Error'))).toEqual([]);
          // The end of the execution is an event as well.
          expect(JSON.parse(stdout)).toEqual(result);
          break;
        }
        expect(deaths).toBeGreaterThan(6);
        expect([...new Set(linesIn(world).map((line) => line.replace(/^token .*/, 'token')))]).toEqual(calls);
      },
      240_000,
    );
  }

  itInFull('goes on after it was closed, and starts once under one id', async () => {
    const store = memoryStore();
    const world = join(folder, 'closed');
    const event = { username: 'Ada', email: 'a@b.c', world };
    const first = createLocalLambda({ store, functions: { registration } });
    const left = await first.start('registration', event, { id: 'one' });
    await first.close();
    await expect(left.result()).rejects.toThrow('closed');
    const second = lambda({ store, functions: { registration } });
    const [execution] = await second.recover();
    await second.start('registration', event, { id: 'one' });
    expect(await execution?.result()).toEqual(DONE);
    expect(await (await second.start('registration', event, { id: 'one' })).result()).toEqual(DONE);
    expect(linesIn(world)).toEqual(CALLS);
  });
});

describe('what executions wait for', () => {
  it('takes callbacks from any process that has the store', async () => {
    const store = memoryStore();
    const tokens: string[] = [];
    const asks = withDurableExecution(async (_: unknown, context: DurableContext) => {
      const answers: unknown[] = [];
      for (const name of ['first', 'second']) {
        const answer = context.waitForCallback(name, async (token) => void tokens.push(token));
        answers.push(await answer.catch((error: unknown) => (error as Error).message));
      }
      return answers;
    });
    const local = lambda({ store, functions: { asks } });
    const other = lambda({ store, functions: { asks } });
    const execution = await local.start('asks', {});
    await expect.poll(() => tokens.length).toBe(1);
    expect(await other.completeCallback(tokens[0]!, 'yes')).toBe(true);
    expect(await other.completeCallback(tokens[0]!, 'again')).toBe(false);
    await expect.poll(() => tokens.length).toBe(2);
    expect(await local.failCallback(tokens[1]!, { ErrorType: 'Refused', ErrorMessage: 'no' })).toBe(true);
    expect(await execution.result()).toEqual(['yes', expect.stringContaining('no')]);
    expect(await local.completeCallback('unknown')).toBe(false);
  });

  it('invokes other functions, and durable functions of ours', async () => {
    const child = durable(async ($, { n }: { n: number }) => $.call('double', async () => n * 2)());
    const parentHandler = withDurableExecution(async (_: unknown, context: DurableContext) => {
      const doubled = await context.invoke('double', 'child', { n: 4 });
      const failed = await context
        .invoke('none', 'nowhere', null)
        .catch((error: unknown) => (error as Error).message);
      return { doubled, failed };
    });
    const local = lambda({
      store: memoryStore(),
      functions: { parent: parentHandler, child: toLambda(child) },
    });
    const result = await (await local.start('parent', {})).result();
    expect(result).toEqual({ doubled: 8, failed: expect.stringContaining('lambda:nowhere') });
  });

  it('invokes ordinary functions: with their event, for their value, and throws their errors', async () => {
    const seen: unknown[] = [];
    class Refused extends Error {
      override name = 'Refused';
    }
    const functions = {
      plain: async (event: { n: number }, context: { awsRequestId: string }) => {
        seen.push([event, Object.keys(event), typeof context.awsRequestId]);
        return { tripled: event.n * 3 };
      },
      synchronous: (event: number) => event + 1,
      silent: () => {},
      refuses: async () => {
        throw new Refused('not today');
      },
      throwsText: () => {
        throw 'just a text';
      },
      noJson: () => 10n,
      // A durable one in another function, as middleware has it.
      wrapped: (event: unknown, context: unknown) => inner(event as never, context as never),
    };
    const inner = withDurableExecution(async (event: { n: number }, context: DurableContext) =>
      context.step('quadruple', async () => event.n * 4),
    );
    const parent = withDurableExecution(async (_: unknown, context: DurableContext) => {
      const told = (error: unknown): string => (error as Error).message;
      return [
        await context.invoke('plain', 'plain', { n: 4 }),
        await context.invoke('plain again', 'plain', { n: 5 }),
        await context.invoke('synchronous', 'synchronous', 6),
        await context.invoke('silent', 'silent', null),
        await context.invoke('refuses', 'refuses', {}).catch(told),
        await context.invoke('throwsText', 'throwsText', {}).catch(told),
        await context.invoke('noJson', 'noJson', {}).catch(told),
        await context.invoke('wrapped', 'wrapped', { n: 2 }),
        await context.invoke('none', 'toString', {}).catch(told),
      ];
    });
    const local = lambda({ store: memoryStore(), functions: { ...functions, parent } });
    expect(await (await local.start('parent', {})).result()).toEqual([
      { tripled: 12 },
      { tripled: 15 },
      7,
      null,
      expect.stringContaining('not today'),
      expect.stringContaining('just a text'),
      expect.stringContaining('BigInt'),
      8,
      expect.stringContaining('lambda:toString'),
    ]);
    expect(seen).toEqual([
      [{ n: 4 }, ['n'], 'string'],
      [{ n: 5 }, ['n'], 'string'],
    ]);
    // Started by itself it is the same.
    expect(await (await local.start('plain', { n: 1 })).result()).toEqual({ tripled: 3 });
    const refused = (await local.start('refuses', {})).result();
    await expect(refused).rejects.toMatchObject({ name: 'Refused', message: 'not today' });
  });

  it('an ordinary function that a process died in is called again, and one that has ended is not', async () => {
    const calls: string[] = [];
    let dying = true;
    const functions = {
      work: async (event: string) => {
        calls.push(event);
        if (dying) await new Promise(() => {});
        return event.toUpperCase();
      },
    };
    const store = memoryStore();
    const first = createLocalLambda({ store, functions });
    await first.start('work', 'once', { id: 'w' });
    await vi.waitUntil(() => calls.length === 1);
    // As if its process were gone.
    const { events } = (await store.load('w'))!;
    const again = memoryStore();
    const claimant = { worker: 'gone', pid: 1, host: 'elsewhere', leaseUntil: 0 };
    await again.create('w', events[0] as RunStarted, claimant);
    dying = false;
    const second = lambda({ store: again, functions });
    const [execution] = await second.recover();
    expect(await execution?.result()).toBe('ONCE');
    expect(await (await second.start('work', 'once', { id: 'w' })).result()).toBe('ONCE');
    expect(calls).toEqual(['once', 'once']);
  });

  it('counts the attempts of a step as the service does', async () => {
    const attempts = (ok: boolean, retries: number): unknown => {
      const book = new Book();
      const update = { Id: 'a', Type: 'STEP' } as const;
      const StepOptions = { NextAttemptDelaySeconds: 1 };
      book.apply([{ ...update, Action: 'START' }], 0, () => '');
      for (let i = 0; i < retries; i++) {
        book.apply([{ ...update, Action: 'RETRY', StepOptions }], i * 1000, () => '');
        expect(book.operations[0]?.StepDetails?.Attempt).toBe(i + 1);
        book.advance((i + 1) * 1000);
        book.apply([{ ...update, Action: 'START' }], (i + 1) * 1000, () => '');
      }
      book.apply([{ ...update, Action: ok ? 'SUCCEED' : 'FAIL' }], 10_000, () => '');
      return book.operations[0]?.StepDetails?.Attempt;
    };
    for (const ok of [true, false])
      expect([0, 1, 5].map((retries) => attempts(ok, retries))).toEqual([1, 2, 6]);
  });

  itInFull('retries steps', async () => {
    let calls = 0;
    const flaky = withDurableExecution(async (_: unknown, context: DurableContext) =>
      context.step(
        'flaky',
        async () => {
          if (++calls < 2) throw new Error('again');
          return calls;
        },
        { retryStrategy: () => ({ shouldRetry: true, delay: { seconds: 1 } }) },
      ),
    );
    const local = lambda({ store: memoryStore(), functions: { flaky } });
    expect(await (await local.start('flaky', {})).result()).toBe(2);
  });
});

describe('bad input', () => {
  it('is refused', async () => {
    expect(() => createLocalLambda({ store: memoryStore(), functions: {} })).toThrow(MisuseError);
    for (const functions of [undefined, null, { f: undefined }, { f: 'handler' }])
      expect(() => createLocalLambda({ store: memoryStore(), functions: functions as never })).toThrow(
        MisuseError,
      );
    expect(() => createLocalLambda({ store: memoryStore(), handlers: {} } as never)).toThrow(MisuseError);
    const local = lambda({ store: memoryStore(), functions: { registration } });
    for (const id of ['', 5, null])
      await expect(local.start('registration', {}, { id: id as never })).rejects.toThrow(MisuseError);
    await expect(local.start('unknown', {})).rejects.toThrow(UnknownFunctionError);
    const other = lambda({ store: memoryStore(), functions: { registration, everything } });
    await (await other.start('registration', {}, { id: 'one' })).result().catch(() => {});
    await expect(other.start('everything', {}, { id: 'one' })).rejects.toThrow(RunConflictError);
    await other.close();
    await expect(other.recover()).rejects.toThrow(RuntimeClosedError);
  });

  it('refuses what only the service can do', async () => {
    const beats = withDurableExecution(async (_: unknown, context: DurableContext) =>
      context.waitForCallback('beats', async () => {}, { heartbeatTimeout: { seconds: 1 } }),
    );
    const local = lambda({ store: memoryStore(), functions: { beats } });
    await expect((await local.start('beats', {})).result()).rejects.toThrow(
      'A callback has a heartbeatTimeout',
    );
  });

  it('leaves the book as it was', () => {
    const book = new Book();
    const start = { Id: 'a', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 1 } } as const;
    book.apply([start], 0, () => '');
    const before = book.operations;
    for (const update of [
      start,
      { ...start, Id: undefined },
      { ...start, Type: 'STEP' },
      { ...start, Id: 'b', Action: 'CANCEL' },
    ] as const) {
      expect(() => book.apply([{ ...start, Id: 'c' }, update], 0, () => '')).toThrow("doesn't fit");
    }
    expect(book.operations).toEqual(before);
    book.advance(1000);
    expect(book.operations[0]?.Status).toBe('SUCCEEDED');
    expect(() => book.apply([{ ...start, Action: 'SUCCEED' }], 0, () => '')).toThrow('it ended as SUCCEEDED');
  });
});
