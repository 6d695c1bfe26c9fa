import { describe, expect, it } from 'vitest';
import { toLambda } from '../../../../runtime/engines/aws-lambda/index.ts';
import { toRestate } from '../../../../runtime/engines/restate/index.ts';
import {
  createCallback,
  createHandler,
  createRuntime,
  fileStore,
  MisuseError,
  memoryStore,
  setDefaultRuntime,
  startChild,
  step,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

/** A misspelt option must not be left out without a word. What JavaScript, or a cast, may hand over. */
const wrong = { timeOut: '5s' } as never;
const MESSAGE = /there is no option "timeOut", only /;

const one = durable(async () => 1, { id: 'one' });

describe('an option that there is none of', () => {
  it.each([
    ['createRuntime', () => createRuntime({ store: memoryStore(), ...(wrong as object) })],
    ['createHandler', () => createHandler(createRuntime({ store: memoryStore() }), wrong)],
    ['toLambda', () => toLambda(one, wrong)],
    ['toRestate', () => toRestate({ one }, wrong)],
    ['withPolicy', () => withPolicy(async () => 1, wrong)],
    ['retry', () => withPolicy(async () => 1, { retry: { attempts: 2, ...(wrong as object) } })],
    ['stepPolicy', () => createRuntime({ store: memoryStore(), stepPolicy: wrong })],
  ])('is refused by %s', (_name, call) => {
    expect(call).toThrow(MisuseError);
    expect(call).toThrow(MESSAGE);
  });

  const runtime = createRuntime({ store: memoryStore() });
  it.each([
    ['start', () => runtime.start(one, [], wrong)],
    ['rerun', async () => runtime.rerun((await runtime.start(one, [])).id, wrong)],
    ['list', () => runtime.list(wrong)],
    ['schedule', () => runtime.schedule('s', { cron: '* * * * *', ...(wrong as object) }, one, [])],
    ['close', () => runtime.close(wrong)],
  ])('is refused by %s', async (_name, call) => {
    const rejected = call();
    await expect(rejected).rejects.toBeInstanceOf(MisuseError);
    await expect(rejected).rejects.toThrow(MESSAGE);
  });

  it.each([
    ['step', durable(async ($) => $.step('step', step)('name', () => 1, wrong))],
    ['waitFor', durable(async ($) => $.call('waitFor', waitFor)('name', wrong))],
    ['createCallback', durable(async ($) => $.call('createCallback', createCallback)(wrong))],
    ['startChild', durable(async ($) => $.call('startChild', startChild)(one, [], wrong))],
  ])('is refused by %s', async (_name, fn) => {
    const result = (await runtime.start(fn, [])).result();
    await expect(result).rejects.toBeInstanceOf(MisuseError);
    await expect(result).rejects.toThrow(MESSAGE);
  });
});

describe('options of the wrong kind', () => {
  it.each([
    ['start with a text for options', () => runtime.start(one, [], 'id' as never)],
    ['list of a status that there is none of', () => runtime.list({ status: 'done' as never })],
    ['list of a function', () => runtime.list({ fn: one as never })],
    ['list after a run that is no text', () => runtime.list({ cursor: 5 as never })],
    ['list of a limit that no file can have', () => runtime.list({ limit: 1e300 })],
    ['list of half a run', () => runtime.list({ limit: 0.5 })],
    ['list of no runs', () => runtime.list({ limit: 0 })],
    ['get without an id', () => runtime.get(undefined as never)],
    ['rerun of a number', () => runtime.rerun(7 as never)],
    ['resume of null', () => runtime.resume(null as never)],
    ['complete without a token', () => runtime.complete(undefined as never)],
    ['fail of a callback', () => runtime.fail({} as never, new Error('no'))],
    ['start until a day that is too far', () => runtime.start(one, [], { timeout: new Date(8.64e15) })],
    ['prune of what ended an endless time ago', () => runtime.prune(Number.POSITIVE_INFINITY)],
    ['close after a text', () => runtime.close({ timeoutMs: '5' as never })],
    ['an id that is no Unicode', () => runtime.start(one, [], { id: 'a\ud800' })],
    ['a signal whose name is no Unicode', async () => (await runtime.start(one, [])).signal('\udc00')],
    ['a schedule whose name is no Unicode', () => runtime.schedule('\udc00', { cron: '* * * * *' }, one, [])],
    ['close with a negative time', () => runtime.close({ timeoutMs: -1 })],
    ['close with no number', () => runtime.close({ timeoutMs: Number.NaN })],
  ])('%s is refused', async (_name, call) => {
    await expect(call()).rejects.toBeInstanceOf(MisuseError);
  });

  it.each([
    [
      'onBlocked that is no function',
      () => createRuntime({ store: memoryStore(), onBlocked: 'warn' as never }),
    ],
    ['a lease for ever', () => createRuntime({ store: memoryStore(), leaseMs: Number.POSITIVE_INFINITY })],
    ['maxSteps that is a number', () => createRuntime({ store: memoryStore(), maxSteps: 5 as never })],
    ['maxSteps that is a list', () => createRuntime({ store: memoryStore(), maxSteps: [5] as never })],
    ['a default runtime that is none', () => setDefaultRuntime({} as never)],
    ['a default runtime of null', () => setDefaultRuntime(null as never)],
    ['a handler for nothing', () => createHandler(undefined as never)],
    ['options of a handler that are null', () => createHandler(runtime, null as never)],
    ['a file store without a path', () => fileStore(undefined as never)],
    ['a file store at a URL', () => fileStore(new URL('file:///tmp/x.db') as never)],
    ['a file store at the text of a URL', () => fileStore('file:x.db?mode=ro')],
    ['a file store in memory', () => fileStore('memory:')],
  ])('%s is refused', (_name, call) => {
    expect(call).toThrow(MisuseError);
  });

  const runtime = createRuntime({ store: memoryStore() });
});
