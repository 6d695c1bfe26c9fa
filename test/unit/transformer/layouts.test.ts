import * as fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';
import { shapes } from '../../random/arbitrary.ts';
import { render } from '../../random/render.ts';
import { COMPILER_OPTIONS, emitThroughAst, type Fixture, fixtures } from '../../support/fixtures.ts';
import {
  type LayoutEdit,
  laidOut,
  layoutEdits,
  parse,
  shapeOf,
  withPunctuation,
} from '../../support/layouts.ts';
import { FULL, sample } from '../../support/tier.ts';

/**
 * Layout has no meaning: with other lines, with comments and without the semicolons that line breaks replace, a program
 * is compiled to the same, and both emitters agree on it.
 *
 * RANDOM_PROGRAMS, RANDOM_SEED and RANDOM_PATH as for the random programs.
 */
const DEFAULT_SEED = '20260801';
const { RANDOM_PROGRAMS = FULL ? '200' : '6', RANDOM_SEED = DEFAULT_SEED, RANDOM_PATH } = process.env;
const RUNS = Number(RANDOM_PROGRAMS);
const SEED = RANDOM_SEED === 'fresh' ? Date.now() % 2 ** 31 : Number(RANDOM_SEED);
const LIMIT_MS = 60_000 + RUNS * 300;

const OPTIONS: ts.CompilerOptions = { ...COMPILER_OPTIONS, target: ts.ScriptTarget.ESNext };

/** Without what tells where something stands in the source, and without the texts of flows, which show it as it is written. */
const withoutPlaces = (shape: string): string =>
  shape
    .replace(/\(\d+ "(?:line|column)"\)\(\d+ \d+\)/g, '')
    .replace(
      /(\(\d+ "flow"\)\(\d+ )("(?:[^"\\]|\\.)*")/g,
      (_, before: string, flow: string) => before + flow.replace(TEXT_OR_PLACE, ''),
    );

const TEXT_OR_PLACE = /'(?:[^'\\]|\\.)*'|\b\d+\b/g;

function check(fixture: Fixture, edits: readonly LayoutEdit[], everySemicolon: boolean): number {
  const { source, made } = laidOut(fixture.source, fixture.file, edits, everySemicolon);
  const edited = { ...fixture, source };
  const { code, diagnostics, functions } = transform(source, { fileName: fixture.file });
  const before = transform(fixture.source, { fileName: fixture.file });
  expect(codesOf(diagnostics), source).toEqual(codesOf(before.diagnostics));
  // Where a statement that was put in may not stand, such as in the callback of a timer, nothing is compiled.
  if (before.diagnostics.length > 0) return 0;
  expect(code.split('\n').length, 'lines').toBe(source.split('\n').length);
  expect(stepsOf(functions), 'steps').toEqual(stepsOf(before.functions));
  expect(shapeOf(parse(fixture.file, code)), source).not.toContain('error: ');
  const text = shapeOf(parse('text.js', toJavaScript(code, fixture.file)));
  const tree = shapeOf(parse('tree.js', emitThroughAst(edited, OPTIONS)));
  expect(text, `the emitters disagree:\n${source}`).toBe(tree);
  const usual = shapeOf(parse('usual.js', toJavaScript(before.code, fixture.file)));
  expect(withoutPlaces(text), `the layout has a meaning:\n${source}`).toBe(withoutPlaces(usual));
  return made;
}

const toJavaScript = (code: string, fileName: string): string =>
  ts.transpileModule(code, { compilerOptions: OPTIONS, fileName }).outputText;

const codesOf = (diagnostics: ReturnType<typeof transform>['diagnostics']): readonly string[] =>
  diagnostics.map(({ code }) => code);

const stepsOf = (functions: ReturnType<typeof transform>['functions']): unknown =>
  functions.map(({ id, steps }) => [id, steps.map((step) => [step.id, step.kind])]);

const written = fixtures();

/** What a layout is tried on: a fixture or a random program. */
const programs: fc.Arbitrary<Fixture> = fc.oneof(
  fc.constantFrom(...written),
  shapes.map((shape) => ({
    name: 'random',
    file: 'input.ts',
    folder: '',
    source: render({ ...shape, bare: undefined }).source,
  })),
);

const punctuation = fc.array(fc.nat({ max: 11 }), { minLength: 2, maxLength: 12 });

describe('layouts', () => {
  it.each(sample(written, 16))('$name without its semicolons', (fixture) => {
    const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
    const source = withPunctuation(fixture.source, fixture.file, [7, ...numbers, 7, ...numbers.reverse()]);
    expect(transform(source, { fileName: fixture.file }).diagnostics).toEqual([]);
    check({ ...fixture, source }, [], true);
  });

  it(
    `have no meaning (${RUNS} of seed ${SEED})`,
    async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(
          programs,
          punctuation,
          layoutEdits,
          fc.boolean(),
          async (fixture, chosen, edits, everySemicolon) => {
            const source = withPunctuation(fixture.source, fixture.file, chosen);
            made += check({ ...fixture, source }, edits, everySemicolon);
          },
        ),
        {
          numRuns: RUNS,
          seed: SEED,
          ...(RANDOM_PATH === undefined ? {} : { path: RANDOM_PATH }),
          interruptAfterTimeLimit: LIMIT_MS,
        },
      );
      expect(made).toBeGreaterThan(RUNS);
    },
    LIMIT_MS + 10_000,
  );
});
