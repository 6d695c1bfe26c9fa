import { afterAll, describe, expect, it } from 'vitest';
import { sample } from '../../../support/tier.ts';
import { CompileApart } from './compile-apart.ts';
import { scopes, shapes } from './shapes.ts';

/** Deeper than TypeScript's own parser can go for most of these: the file comes back as it is, or compiled. */
const compiler = new CompileApart(30_000);
afterAll(() => compiler.close());

describe('code that is nested too deeply', () => {
  it.each(sample(Object.entries(shapes), 3))('%s, 10,000 levels: no exception', async (_, shape) => {
    const verdict = await compiler.inspect({ fileName: 'deep.ts', source: shape(10_000) });
    expect(verdict.problem).toBeUndefined();
  });

  it.each(sample(Object.entries(scopes), 3))('%s, 500 levels: no exception', async (_, shape) => {
    const verdict = await compiler.inspect({ fileName: 'deep.ts', source: shape(500) });
    expect(verdict.problem).toBeUndefined();
  });
});
