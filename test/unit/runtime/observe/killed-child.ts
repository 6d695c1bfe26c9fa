/**
 * One process that drives a run until it is over, or kills itself as soon as it has been told of so many things. What it
 * is told, and the spans that it ends, it writes down at once.
 */
import { appendFileSync } from 'node:fs';
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createRuntime, currentStep, fileStore, sleep, withPolicy } from '../../../../runtime/index.ts';
import { openTelemetry } from '../../../../runtime/observe/opentelemetry.ts';
import { durable } from '../../../support/compiled.ts';

const [, , path = '', log = '', count = ''] = process.argv;
const write = (line: object): void => appendFileSync(log, `${JSON.stringify(line)}\n`);

const flaky = withPolicy(
  async () => {
    if (currentStep().attempt === 1) throw new RangeError('once');
  },
  { retry: { attempts: 3, delay: 1 } },
);

const fn = durable(
  async ($) => {
    const results: unknown[] = [await $.call('first', async () => 1)()];
    await $.call('flaky', flaky)();
    await $.sleep('sleep', sleep)(1);
    results.push(await $.call('second', async () => 2)());
    return results;
  },
  { id: 'killed' },
);

const exporter = {
  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    for (const span of spans) write({ span: span.name, trace: span.spanContext().traceId });
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const store = fileStore(path);
// It is killed on purpose, again and again.
const runtime = createRuntime({ store, maxCrashes: 1_000, tracing: openTelemetry({ tracerProvider }) });
let told = 0;
runtime.on('*', (event) => {
  const { type, key } = { key: undefined, ...event };
  write({ type, key });
  if (++told === Number(count)) process.kill(process.pid, 'SIGKILL');
});
const run = await runtime.start(fn, [], { id: 'r' });
write({ result: await run.result() });
await runtime.close();
await store.close();
