import { globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { FIXTURES, fixtures } from '../../../support/fixtures.ts';
import { sample } from '../../../support/tier.ts';
import { durableDiagnostics, durableProgram, STRICT, sourcesIn } from '../../../support/typed.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Programs as people write them, with packages as people install them: nothing in them may be reported. */
const FOLDER = here('../../../good-code/');

/** Declarations seem to lie where packages do. */
const INSTALLED = here('../../../.tmp/good-code/node_modules/');
const packages = readdirSync(`${FOLDER}packages`).map((file) => file.replace(/\.d\.ts$/, ''));
const declarations = Object.fromEntries(
  packages.map((name) => [
    `${INSTALLED}${name}/index.d.ts`,
    readFileSync(`${FOLDER}packages/${name}.d.ts`, 'utf8'),
  ]),
);
const paths = Object.fromEntries(packages.map((name) => [name, [`${INSTALLED}${name}/index.d.ts`]]));
const options: ts.CompilerOptions = {
  ...STRICT,
  lib: [...(STRICT.lib ?? []), 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  paths: { ...STRICT.paths, ...paths },
};

describe('ordinary good code', () => {
  const files = sourcesIn(FOLDER);
  const program = durableProgram(files, declarations, options);

  it.each(files.map((file) => [file.slice(FOLDER.length), file]))('%s', (_name, file) => {
    expect(durableDiagnostics(program, file)).toEqual([]);
    // Types that TypeScript can't make out would be reported as little as good ones.
    const errors = program.getSemanticDiagnostics(program.getSourceFile(file));
    expect(errors.map(({ messageText }) => messageText)).toEqual([]);
  });
});

describe('the examples', () => {
  const files = globSync('examples/*/src/**/*.ts', { cwd: here('../../../../') }).map((file) =>
    here(`../../../../${file}`),
  );
  const program = durableProgram(files);

  it.each(files)('%s', (file) => {
    expect(durableDiagnostics(program, file)).toEqual([]);
  });

  it('are there', () => expect(files.length).toBeGreaterThan(2));
});

describe('fixtures of the language', () => {
  const cases = fixtures(FIXTURES);
  const program = durableProgram(cases.map(({ folder, file }) => folder + file));

  /** Calls whose promises nobody waits for run as they do in plain code; with types they are an error all the same. */
  const dropped = ({ name, source }: (typeof cases)[number]): readonly string[] =>
    name !== 'promises-by-any-way'
      ? []
      : source
          .split('\n')
          .flatMap((line, index) =>
            /\bbank\.charge\(\d+\)/.test(line) ? [`UD3007 in line ${index + 1}`] : [],
          );

  it.each(sample(cases, 2))('$name', (fixture) => {
    const { folder, file } = fixture;
    expect(
      durableDiagnostics(program, folder + file).map(({ code, line }) => `${code} in line ${line}`),
    ).toEqual(dropped(fixture));
  });
});
