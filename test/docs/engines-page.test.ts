import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { enginesPage, PAGE } from '../../docs/generate-engines.ts';

it('docs/engines.md is up to date; if not, run `npm run docs:engines`', () => {
  const page = readFileSync(PAGE, 'utf8');
  expect(page).toBe(enginesPage(page));
});
