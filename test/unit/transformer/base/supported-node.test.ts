import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OLDEST_NODE as OF_THE_RUNTIME } from '../../../../runtime/base/supported-node.ts';
import { nodeTooOld, OLDEST_NODE } from '../../../../transformer/base/supported-node.ts';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const { exports } = JSON.parse(read('package.json')) as {
  exports: Record<string, string | { readonly default: string }>;
};

it('is the same for the compiler and the runtime', () => {
  expect(OLDEST_NODE).toBe(OF_THE_RUNTIME);
});

it.each(['18.20.8', '20.9.0', '22.9.0', '22.14.9'])('refuses Node %s in one sentence', (version) => {
  expect(nodeTooOld(version)).toBe(`use-durable needs Node 22.15.0 or newer; this is Node ${version}.`);
});

it.each(['22.15.0', '22.100.0', '23.0.0', '26.10.0', '100.0.0-nightly'])('takes %s', (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

// What is imported first is evaluated first. `npm run test:nodes` tries them on Node 20.
it('is what each entry of the compiler, and the command, ask first', () => {
  const entries = Object.values(exports)
    .map((entry) => (typeof entry === 'string' ? entry : entry.default))
    .filter((path) => path.startsWith('./dist/transformer/'))
    .map((path) => path.replace('./dist/', '').replace(/\.js$/, '.ts'));
  expect(entries.length).toBeGreaterThan(12);
  for (const entry of [...entries, 'cli/main.ts']) {
    const first = read(entry)
      .split('\n')
      .find((line) => /^(import|export) (?!type )/.test(line));
    expect(first, entry).toMatch(/^import '\.{1,2}\/base\/require-node\.ts';$/);
  }
});
