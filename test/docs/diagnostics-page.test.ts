import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diagnosticsPage, PAGE } from '../../docs/generate-diagnostics.ts';

it('docs/diagnostics.md is up to date; if not, run `npm run docs:diagnostics`', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(diagnosticsPage());
});
