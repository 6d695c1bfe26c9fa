import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, createTraceState, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createRuntime,
  fileStore,
  MisuseError,
  memoryStore,
  type Runtime,
  type RuntimeOptions,
  type Store,
  sleep,
  startChild,
  waitFor,
  withPolicy,
} from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { openTelemetry } from '../../../../runtime/observe/opentelemetry.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, storeWith } from '../../../support/crash.ts';
import { later } from '../../../support/effects.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const tracer = provider.getTracer('the application');

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
});
afterAll(() => {
  context.disable();
  trace.disable();
});

const runtimes: Runtime[] = [];
beforeEach(() => exporter.reset());
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(runtimes.splice(0).map((runtime) => runtime.close()));
});

function traced(options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = createRuntime({ store: memoryStore(), tracing: openTelemetry(), ...options });
  runtimes.push(runtime);
  return runtime;
}

const spans = (name?: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name);

function spanOf(name: string): ReadableSpan {
  const [span, ...others] = spans(name);
  if (span === undefined || others.length > 0) {
    throw new Error(`${spans(name).length} spans "${name}" among ${spans().map((other) => other.name)}`);
  }
  return span;
}

const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
const traceOf = (span: ReadableSpan): string => span.spanContext().traceId;
const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;

/** A function that makes a span of its own, as an instrumented library does. */
async function query(): Promise<string> {
  return tracer.startActiveSpan('SELECT', async (span) => {
    await later(1, undefined);
    span.end();
    return 'row';
  });
}

async function refuse(): Promise<never> {
  throw new RangeError('too far');
}

/** What is left in a store when its process dies behind an event of this type. */
function diedBehind(store: Store, id: string, type: JournalEvent['type']): Store {
  const events = eventsOf(store, id);
  return storeWith(id, events.slice(0, events.findIndex((event) => event.type === type) + 1));
}

describe('spans', () => {
  it('are one for the run, in it one for each step, and in that what the step does', async () => {
    const fn = durable(async ($) => $.call('db.query', query)(), { id: 'shop' });
    await (await traced().start(fn, [], { id: 'r' })).result();
    const run = spanOf('shop');
    const step = spanOf('db.query');
    expect(parentOf(run)).toBeUndefined();
    expect(parentOf(step)).toBe(idOf(run));
    expect(parentOf(spanOf('SELECT'))).toBe(idOf(step));
    expect(new Set(spans().map(traceOf)).size).toBe(1);
    const common = { 'durable.run.id': 'r', 'durable.function': 'shop' };
    expect(run.attributes).toEqual({ ...common, 'durable.run.ending': 'completed' });
    expect(step.attributes).toEqual({
      ...common,
      'durable.step.key': 'db.query',
      'durable.step.attempt': 1,
    });
    expect(run.instrumentationScope.name).toBe('use-durable');
    expect([run, step].map(({ status }) => status.code)).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
  });

  it('belong to the span that was active when the run was started', async () => {
    const fn = durable(async ($) => $.call('query', query)(), { id: 'shop' });
    const request = await tracer.startActiveSpan('POST /orders', async (span) => {
      await (await traced().start(fn, [])).result();
      span.end();
      return span;
    });
    expect(parentOf(spanOf('shop'))).toBe(request.spanContext().spanId);
    expect(traceOf(spanOf('SELECT'))).toBe(request.spanContext().traceId);
  });

  it('of steps that run at the same time do not mix', async () => {
    const fn = durable(async ($) => {
      const begun = $.start('begun', query)();
      await Promise.all([$.call('a', query)(), $.call('b', query)(), $.local('begun', begun)]);
    });
    await (await traced().start(fn, [])).result();
    const parents = spans('SELECT').map(parentOf);
    expect(parents.sort()).toEqual(['a', 'b', 'begun'].map((name) => idOf(spanOf(name))).sort());
  });

  it('are one for each attempt, with its error', async () => {
    let calls = 0;
    const flaky = withPolicy(
      async () => {
        if (++calls === 1) throw new RangeError('busy');
      },
      { retry: { attempts: 2, delay: 1 } },
    );
    const fn = durable(async ($) => $.call('flaky', flaky)(), { id: 'shop' });
    await (await traced().start(fn, [])).result();
    const [first, second] = spans('flaky');
    expect(first?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'busy' });
    expect(first?.attributes).toMatchObject({ 'durable.step.attempt': 1, 'error.type': 'RangeError' });
    expect(first?.events[0]?.attributes).toMatchObject({ 'exception.message': 'busy' });
    expect(second?.status.code).toBe(SpanStatusCode.UNSET);
    expect(second?.attributes).toMatchObject({ 'durable.step.attempt': 2 });
    expect(spanOf('shop').status.code).toBe(SpanStatusCode.UNSET);
  });

  it('of a call that is not awaited where it stands have its error', async () => {
    const fn = durable(async ($) => {
      const begun = $.start('begun', refuse)();
      try {
        await $.local('begun', begun);
      } catch {}
    });
    await (await traced().start(fn, [])).result();
    expect(spanOf('begun').status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' });
  });

  it('are not made of what is no step', async () => {
    const fn = durable(
      async ($) => {
        $.start('helper', () => 1)();
        await $.sleep('sleep', sleep)(1);
      },
      { id: 'shop' },
    );
    await (await traced().start(fn, [])).result();
    expect(spans().map(({ name }) => name)).toEqual(['shop']);
  });

  it('of a run that fails have its error', async () => {
    const fn = durable(async ($) => $.call('refuse', refuse)(), { id: 'shop' });
    await expect((await traced().start(fn, [])).result()).rejects.toThrow('too far');
    for (const name of ['shop', 'refuse']) {
      expect(spanOf(name).status).toEqual({ code: SpanStatusCode.ERROR, message: 'too far' });
    }
    expect(spanOf('shop').attributes).toMatchObject({ 'durable.run.ending': 'failed' });
  });

  it('have no error for what was thrown that is none, but its text', async () => {
    const fn = durable(
      async () => {
        throw 'words';
      },
      { id: 'shop' },
    );
    await expect((await traced().start(fn, [])).result()).rejects.toBe('words');
    expect(spanOf('shop').status.message).toBe('words');
    expect(spanOf('shop').attributes).toMatchObject({ 'error.type': 'string' });
  });

  it('of a run that is cancelled have none', async () => {
    const fn = durable(async ($) => $.sleep('sleep', sleep)('1 day'), { id: 'shop' });
    const run = await traced().start(fn, []);
    await run.cancel();
    await expect(run.result()).rejects.toThrow();
    expect(spanOf('shop').status.code).toBe(SpanStatusCode.UNSET);
    expect(spanOf('shop').attributes).toMatchObject({ 'durable.run.ending': 'cancelled' });
  });

  it('of a run that a run starts belong to that', async () => {
    const child = durable(async ($) => $.call('query', query)(), { id: 'child' });
    const fn = durable(
      async ($) => {
        const run = await $.call('startChild', startChild)(child, []);
        return $.method('run.result', run, 'result')();
      },
      { id: 'shop' },
    );
    await (await traced().start(fn, [])).result();
    expect(parentOf(spanOf('child'))).toBe(idOf(spanOf('shop')));
    expect(traceOf(spanOf('SELECT'))).toBe(traceOf(spanOf('shop')));
  });

  it('of scheduled runs are each in a trace of its own', async () => {
    const fn = durable(async () => 1, { id: 'nightly' });
    const runtime = traced();
    await tracer.startActiveSpan('boot', async (span) => {
      await runtime.schedule('often', { cron: '* * * * * *' }, fn, []);
      span.end();
    });
    while (spans('nightly').length === 0) await later(5, undefined);
    expect(parentOf(spans('nightly')[0]!)).toBeUndefined();
  }, 10_000);

  it('of a run that has to wait for room have a parent', async () => {
    const fn = durable(async ($) => $.call('query', query)(), { id: 'crowded' });
    const runtime = traced({ maxRuns: 1 });
    const runs = await Promise.all(['a', 'b'].map((id) => runtime.start(fn, [], { id })));
    await Promise.all(runs.map((run) => run.result()));
    const [postponed, driven] = spans('crowded').filter(
      ({ attributes }) => attributes['durable.run.id'] === 'b',
    );
    expect(postponed?.attributes).toMatchObject({ 'durable.run.ending': 'parked' });
    expect(parentOf(driven!)).toBe(idOf(postponed!));
  });

  it('go to a provider of its own, if one is given', async () => {
    const own = new InMemorySpanExporter();
    const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(own)] });
    const fn = durable(async ($) => $.call('work', async () => 1)(), { id: 'shop' });
    await (await traced({ tracing: openTelemetry({ tracerProvider }) }).start(fn, [])).result();
    expect(own.getFinishedSpans().map(({ name }) => name)).toEqual(['work', 'shop']);
    expect(spans()).toEqual([]);
  });
});

describe('a run that goes on elsewhere', () => {
  const fn = durable(
    async ($) => {
      const first = await $.call('first', query)();
      await $.sleep('sleep', sleep)(1);
      return [first, await $.call('second', query)()];
    },
    { id: 'travels' },
  );

  it('stays in its trace, and its recorded steps get no spans again', async () => {
    const store = memoryStore();
    await (await traced({ store }).start(fn, [], { id: 'r' })).result();
    const first = spanOf('travels');
    exporter.reset();
    const [again] = await traced({ store: diedBehind(store, 'r', 'step') }).recover();
    await again!.result();
    const second = spanOf('travels');
    expect(spans().map(({ name }) => name)).toEqual(['SELECT', 'second', 'travels']);
    expect(second.attributes).toMatchObject({ 'durable.run.id': 'r', 'durable.run.replayed': 2 });
    expect(traceOf(second)).toBe(traceOf(first));
    expect(parentOf(second)).toBe(idOf(first));
    expect(parentOf(spanOf('second'))).toBe(idOf(second));
    expect(second.parentSpanContext?.isRemote).toBe(true);
  });

  it('stays under the span in which it was started', async () => {
    const store = memoryStore();
    const request = await tracer.startActiveSpan('request', async (span) => {
      await (await traced({ store }).start(fn, [], { id: 'r' })).result();
      span.end();
      return span;
    });
    exporter.reset();
    const again = traced({ store: diedBehind(store, 'r', 'run-started') });
    const [run] = await tracer.startActiveSpan('unrelated', (span) =>
      again.recover().finally(() => span.end()),
    );
    await run!.result();
    expect(parentOf(spanOf('travels'))).toBe(request.spanContext().spanId);
  });

  it('carries the state of its trace, and that nobody records it', async () => {
    const store = memoryStore();
    const remote = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 0,
      isRemote: true,
    };
    const traceState = createTraceState('vendor=x');
    await context.with(trace.setSpanContext(context.active(), { ...remote, traceState }), async () =>
      (await traced({ store }).start(fn, [], { id: 'r' })).result(),
    );
    const [started] = eventsOf(store, 'r');
    expect(started).toMatchObject({
      trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00 vendor=x',
    });
    let seen: Span | undefined;
    const look = async (): Promise<void> => {
      seen = trace.getActiveSpan();
    };
    durable(async ($) => $.call('first', look)(), { id: 'travels' });
    const [again] = await traced({ store: diedBehind(store, 'r', 'run-started') }).recover();
    await again!.result();
    expect(seen?.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags: 0 });
    expect(seen?.spanContext().traceState?.get('vendor')).toBe('x');
    expect(spans()).toEqual([]);
  });

  it.each(['', 'nonsense', '00-zz-b7ad6b7169203331-01'])(
    'starts a trace of its own where there is none in its journal: %j',
    async (text) => {
      const untraced = durable(async ($) => $.call('work', query)(), { id: 'untraced' });
      const started = {
        type: 'run-started',
        version: 2,
        fn: 'untraced',
        input: '[]',
        seed: 's',
        at: 1,
        ...(text && { trace: text }),
      } as const;
      const store = memoryStore();
      const plain = createRuntime({ store });
      runtimes.push(plain);
      await (await plain.start(untraced, [], { id: 'r' })).result();
      const { input } = eventsOf(store, 'r')[0] as { input: string };
      const [run] = await traced({ store: storeWith('r', [{ ...started, input }]) }).recover();
      await run!.result();
      expect(parentOf(spanOf('untraced'))).toBeUndefined();
    },
  );

  it('has a span for each time that it is in memory', async () => {
    const waits = durable(async ($) => $.call('waitFor', waitFor)('go'), { id: 'parks' });
    const runtime = traced({ parkAfterMs: 10 });
    const run = await runtime.start(waits, []);
    while (spans('parks').length === 0) await later(5, undefined);
    expect(spanOf('parks').attributes).toMatchObject({ 'durable.run.ending': 'parked' });
    await run.signal('go');
    await run.result();
    const [parked, ended] = spans('parks');
    expect(ended?.attributes).toMatchObject({ 'durable.run.ending': 'completed' });
    expect(traceOf(ended!)).toBe(traceOf(parked!));
  });

  it('has a span without an error where the runtime is closed, and one with an error where it is blocked', async () => {
    const store = memoryStore();
    const waits = durable(async ($) => $.call('waitFor', waitFor)('go'), { id: 'waits' });
    const first = traced({ store });
    await first.start(waits, [], { id: 'r' });
    await first.close();
    expect(spanOf('waits').attributes).toMatchObject({ 'durable.run.ending': 'stopped' });
    expect(spanOf('waits').status.code).toBe(SpanStatusCode.UNSET);
    exporter.reset();
    const other = memoryStore();
    const started = traced({ store: other });
    await (
      await started.start(
        durable(async ($) => $.call('a', query)(), { id: 'x' }),
        [],
        { id: 'r' },
      )
    ).result();
    durable(async ($) => $.call('b', query)(), { id: 'x' });
    exporter.reset();
    const changed = traced({ store: diedBehind(other, 'r', 'step'), onBlocked: () => {} });
    const [blocked] = await changed.recover();
    await expect(blocked!.result()).rejects.toThrow();
    expect(spanOf('x').attributes).toMatchObject({
      'durable.run.ending': 'blocked',
      'error.type': 'NonDeterminismError',
    });
  });
});

describe('where something is missing or broken', () => {
  const fn = durable(async ($) => $.call('query', query)(), { id: 'robust' });

  it('without a registered provider nothing is traced or recorded', async () => {
    trace.disable();
    try {
      const store = memoryStore();
      await expect((await traced({ store }).start(fn, [], { id: 'r' })).result()).resolves.toBe('row');
      expect(eventsOf(store, 'r')[0]).not.toHaveProperty('trace');
    } finally {
      trace.setGlobalTracerProvider(provider);
    }
  });

  it.each(['onStart', 'onEnd'] as const)(
    'a processor that throws in %s does not disturb the run',
    async (method) => {
      const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      const broken: SpanProcessor = {
        onStart: () => {},
        onEnd: () => {},
        forceFlush: async () => {},
        shutdown: async () => {},
        [method]: () => {
          throw new Error('the exporter is broken');
        },
      };
      const tracerProvider = new BasicTracerProvider({ spanProcessors: [broken] });
      const runtime = traced({ tracing: openTelemetry({ tracerProvider }) });
      await expect((await runtime.start(fn, [])).result()).resolves.toBe('row');
      expect(warnings.mock.calls.map(([message]) => message)).toContain(
        'Tracing failed: the exporter is broken',
      );
    },
  );

  it('what is no tracing is refused', () => {
    for (const tracing of [{}, true, openTelemetry, null]) {
      expect(() => createRuntime({ store: memoryStore(), tracing: tracing as never })).toThrow(MisuseError);
    }
  });

  it('a runtime without tracing reads what one with it wrote, and hides what it wrote of it', async () => {
    const store = memoryStore();
    const run = await traced({ store }).start(fn, [], { id: 'r' });
    await run.result();
    expect(eventsOf(store, 'r')[0]).toHaveProperty('trace');
    expect((await run.events())[0]).not.toHaveProperty('trace');
    const plain = createRuntime({ store: diedBehind(store, 'r', 'run-started') });
    runtimes.push(plain);
    const [again] = await plain.recover();
    await expect(again!.result()).resolves.toBe('row');
  });

  it('the trace is kept in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'use-durable-otel-'));
    try {
      const store = fileStore(join(folder, 'runs.db'));
      const runtime = createRuntime({ store, tracing: openTelemetry() });
      await (await runtime.start(fn, [], { id: 'r' })).result();
      const run = await store.load('r');
      expect(run?.events[0]).toMatchObject({ trace: expect.stringContaining(traceOf(spanOf('robust'))) });
      await runtime.close();
      await store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
