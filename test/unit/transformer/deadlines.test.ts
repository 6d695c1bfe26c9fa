import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';

/** Whether the signals of a body are deadlines of the run or of one step, in source order. */
function deadlinesIn(body: string): string[] {
  const source = `import { work, other } from './work.ts';
    export async function main(u: string, list: string[]) { 'use durable'; ${body} }`;
  const { code, diagnostics } = transform(source, { fileName: 'main.ts' });
  expect(diagnostics).toEqual([]);
  const calls = code.matchAll(/\.deadline\("[^"]*"(, true)?\)/g);
  return [...calls].map(([, one]) => (one === undefined ? 'of the run' : 'of a step'));
}

describe('a signal of AbortSignal.timeout', () => {
  it.each([
    'await fetch(u, { signal: AbortSignal.timeout(5) });',
    'await work(AbortSignal.timeout(5));',
    'const p = work([AbortSignal.timeout(5)]); await p;',
    'await fetch(new Request(u, { signal: AbortSignal.any([AbortSignal.timeout(5)]) })).then((r) => r.text());',
    'await Promise.all(list.map((x) => fetch(x, { signal: AbortSignal.timeout(5) })));',
    'const signal = AbortSignal.timeout(5); await fetch(u, { signal });',
    'const limit = AbortSignal.timeout(5); const url = u; try { await fetch(url, { signal: limit }); } finally { await other(); }',
    'for (const x of list) { const signal = AbortSignal.timeout(5); await work(x, signal); }',
  ])('is that of a step: %s', (body) => expect(deadlinesIn(body)).toEqual(['of a step']));

  it.each([
    'const limit = AbortSignal.timeout(5); while (!limit.aborted) await work();',
    'const limit = AbortSignal.timeout(5); await work(limit); await work(limit);',
    'const limit = AbortSignal.timeout(5); await other(); await work(limit);',
    'const limit = AbortSignal.timeout(5); for (const x of list) await work(x, limit);',
    'const limit = AbortSignal.timeout(5); await Promise.all(list.map((x) => work(x, limit)));',
    'const limit = AbortSignal.timeout(5); try { await work(limit); } catch { return limit.aborted; }',
    'const run = async (signal: AbortSignal) => { await other(); return signal.aborted; }; await run(AbortSignal.timeout(5));',
    'let limit = AbortSignal.timeout(5); await work(limit); limit = await other();',
    'await work(AbortSignal.timeout(5), await other());',
    'const held = { limit: AbortSignal.timeout(5) }; await work(held);',
  ])('is that of the run: %s', (body) => expect(deadlinesIn(body)).toEqual(['of the run']));
});
