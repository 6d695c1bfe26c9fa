/** Texts that docs/blocked-runs.md quotes are texts of the runtime. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All strings of the runtime, those put together again that are written in several parts. */
const texts = readdirSync(join(root, 'runtime'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'runtime', name), 'utf8').replace(/['`] \+\s*['`]/g, ''))
  .join('\n');

const rows = [
  ...readFileSync(join(root, 'docs/blocked-runs.md'), 'utf8').matchAll(/^\| `([A-Z_]+)` \| `([^|]+)` \|/gm),
].map(([, code = '', text = '']) => [code, text] as const);

it.each(rows)('%s: %s', (code, text) => {
  expect(texts).toContain(text);
  expect(texts).toContain(`'${code}'`);
});

it('there are some', () => expect(rows.length).toBeGreaterThan(8));
