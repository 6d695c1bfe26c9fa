import { afterAll, describe, expect, it } from 'vitest';
import { type Fixture, fixtures } from '../../../support/fixtures.ts';
import { sample } from '../../../support/tier.ts';
import { CompileApart } from './compile-apart.ts';
import type { Input } from './inspect.ts';

/** What an editor or a watcher sees while somebody types: most of it has syntax errors, some of it hasn't. */
const compiler = new CompileApart();
afterAll(() => compiler.close());

const NAMES =
  /^(private-members|optional-calls|promise-chains|declarations-around|tagged-templates|crlf|no-semicolons)$/;
const typed = fixtures().filter(({ name }) => NAMES.test(name));

const prefixes = ({ file, source }: Fixture, step: number): Input[] =>
  Array.from({ length: Math.ceil(source.length / step) }, (_, index) => ({
    fileName: file,
    source: source.slice(0, index * step),
  }));

/** The file without one of its lines. */
const withoutLine = ({ file, source }: Fixture): Input[] => {
  const lines = source.split('\n');
  return lines.map((_, index) => ({ fileName: file, source: lines.toSpliced(index, 1).join('\n') }));
};

/** The file without one of its words or signs: often still a program, and another one. */
const withoutToken = ({ file, source }: Fixture): Input[] =>
  [...source.matchAll(/\w+|[^\w\s]/g)].map(({ index, 0: token }) => ({
    fileName: file,
    source: source.slice(0, index) + source.slice(index + token.length),
  }));

describe.each(typed)('half-typed: $name', (fixture) => {
  it('every prefix', async () => {
    expect(await compiler.problems(sample(prefixes(fixture, 7), 3))).toEqual([]);
  });

  it('every line missing', async () => {
    expect(await compiler.problems(sample(withoutLine(fixture), 6))).toEqual([]);
  });

  it('every token missing', async () => {
    expect(await compiler.problems(sample(withoutToken(fixture), 24))).toEqual([]);
  });
});
