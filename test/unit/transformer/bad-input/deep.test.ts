import { afterAll, describe, expect, it } from 'vitest';
import { runPlain } from '../../../../runtime/compiled.ts';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import { emitPlain, emitThroughAst, emitThroughText, type Fixture, load } from '../../../support/fixtures.ts';
import { sample } from '../../../support/tier.ts';
import { CompileApart } from './compile-apart.ts';
import { scopes, shapes } from './shapes.ts';

const compiler = new CompileApart();
afterAll(() => compiler.close());

const all = Object.entries({ ...shapes, ...scopes });

const outcomeOf = async (fixture: Fixture, kind: string, code: string): Promise<unknown> => {
  const { main } = await load(fixture, kind, code);
  return await runPlain(() => (main as AnyFunction)());
};

describe('nested code', () => {
  it.each(sample(all, 3))('%s, 150 levels: is compiled', async (_, shape) => {
    const verdict = await compiler.inspect({ fileName: 'deep.ts', source: shape(150) });
    expect(verdict.problem).toBeUndefined();
    expect(verdict.wellFormed).toBe(true);
    expect(verdict.compiled).toBe(true);
  });

  it.each(sample(all, 3))('%s, 20 levels: means the same', async (name, shape) => {
    const fixture = {
      name: `deep-${name.replace(/\W+/g, '-')}`,
      file: 'input.ts',
      folder: '',
      source: shape(20),
    };
    const plain = await outcomeOf(fixture, 'plain', emitPlain(fixture));
    expect(await outcomeOf(fixture, 'text', emitThroughText(fixture))).toEqual(plain);
    expect(await outcomeOf(fixture, 'ast', emitThroughAst(fixture))).toEqual(plain);
  });
});
