import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawings } from '../../docs/drawings.ts';

it('the drawings of the examples are those of their code: npm run docs:drawings', () => {
  for (const { path, svg } of drawings()) expect(readFileSync(path, 'utf8'), path).toBe(svg);
});
