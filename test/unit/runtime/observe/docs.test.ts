/** All code of docs/observability.md, compiled and executed, with the real SDK of OpenTelemetry. */
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RuntimeEventType } from '../../../../runtime/index.ts';
import { filesOf } from '../../../docs/pages.ts';
import { compileInProcess } from '../../../support/compile-project.ts';
import { Project, tsconfig } from '../../../support/project.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** The part of pino that the page uses. */
const PINO_TYPES = `
export interface Logger {
  info(msg: string): void;
  info(fields: object, msg: string): void;
}
export default function pino(options: { mixin: () => object }): Logger;
`;
const PINO = `
export default ({ mixin }) => ({
  info(fields, msg) {
    const line = typeof fields === 'string' ? { msg: fields } : { ...fields, msg };
    console.log(JSON.stringify(Object.assign(mixin(), line)));
  },
});
`;

const MAIN = `
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { memoryStore } from 'use-durable';
import { watch } from './alerts.js';
import { maskedRuntime } from './masked.js';
import { order } from './order.js';
import { cancelFor } from './support.js';
import { tracedRuntime } from './traced.js';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));

const runtime = tracedRuntime(memoryStore());
const alerts: string[] = [];
const ends = watch(runtime, (text) => alerts.push(text));
const run = await runtime.start(order, [1200], { id: 'r', by: 'ada' });
console.log(await run.result(), [...ends], alerts);
console.log(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['durable.run.id']]));
console.log(await cancelFor(runtime, 'r', 'bob'));
await runtime.close();
const masked = maskedRuntime(memoryStore());
console.log(masked.mask({ card: 'visa', cents: 1 }, { kind: 'result', runId: 'r', fn: '' }));
await masked.close();
`;

describe('docs/observability.md', () => {
  const page = readFileSync(join(root, 'docs/observability.md'), 'utf8');
  const files = filesOf('docs/observability.md');

  it('names all types of events', () => {
    const rows = [...page.matchAll(/^\| `(\S+)` /gm)].map(([, type]) => type);
    const types: Record<RuntimeEventType, true> = {
      'run-started': true,
      'run-forked': true,
      'run-taken-up': true,
      'code-changed': true,
      'code-accepted': true,
      'run-parked': true,
      'run-blocked': true,
      'run-held-back': true,
      'run-unrecorded': true,
      'run-stopped': true,
      'run-ended': true,
      'version-finished': true,
      'step-started': true,
      'step-ended': true,
      'attempt-failed': true,
      'wait-set': true,
      'wait-fired': true,
      'wait-expired': true,
      received: true,
      'callback-created': true,
      'child-started': true,
      since: true,
      action: true,
      'cancel-requested': true,
    };
    expect(rows).toEqual(Object.keys(types));
  });

  it('shows what works', () => {
    expect(Object.keys(files)).toEqual([
      'src/alerts.ts',
      'src/support.ts',
      'src/masked.ts',
      'src/traced.ts',
      'src/log.ts',
      'src/order.ts',
    ]);
    const project = new Project('observability-docs', {
      'package.json': '{ "name": "user", "private": true, "type": "module" }',
      'tsconfig.json': tsconfig({}),
      'src/main.ts': MAIN,
      'node_modules/pino/package.json':
        '{ "name": "pino", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
      'node_modules/pino/index.d.ts': PINO_TYPES,
      'node_modules/pino/index.js': PINO,
      ...files,
    });
    symlinkSync(
      join(root, 'node_modules/@opentelemetry'),
      join(project.folder, 'node_modules/@opentelemetry'),
    );
    expect(compileInProcess(project)).toEqual([]);
    const { status, output } = project.node('out/main.js');
    expect(output.trimEnd().split('\n')).toEqual([
      '{"runId":"r","fn":"user/src/order.ts#order","msg":"begins"}',
      '{"runId":"r","fn":"user/src/order.ts#order","key":"charge","attempt":1,"cents":1200,"msg":"charging"}',
      '{"runId":"r","fn":"user/src/order.ts#order","receipt":"receipt","msg":"charged"}',
      "receipt [ [ 'completed', 1 ] ] []",
      "[ [ 'charge', 'r' ], [ 'user/src/order.ts#order', 'r' ] ]",
      "[ 'ada: start' ]",
      "{ card: '***', cents: 1 }",
    ]);
    expect(status).toBe(0);
  });
});
