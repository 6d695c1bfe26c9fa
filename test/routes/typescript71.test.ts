/** TypeScript 7.1 in the place of version 6: the same code, ids and diagnostics, in all files that the tests have for these. */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../transformer/analyze.ts';
import type { TypeScript } from '../../transformer/base/typescript.ts';
import { typescript7 } from '../../transformer/base/typescript7.ts';
import { emitText } from '../../transformer/emit/text.ts';
import { Project, well } from './support/project.ts';
import { RESULTS, ROUTES } from './support/routes.ts';
import { tableOf } from './support/table.ts';
import { SEVEN_1 } from './support/typescript7.ts';

const tests = fileURLToPath(new URL('..', import.meta.url));
const load = createRequire(join(SEVEN_1, 'package.json'));
const seven = typescript7((name) => load(`typescript/${name}`), '7.1.0-beta');

interface Parsed extends ts.SourceFile {
  readonly parseDiagnostics: readonly ts.Diagnostic[];
}

const parse = (by: TypeScript, name: string, code: string): Parsed =>
  by.createSourceFile(name, code, by.ScriptTarget.ESNext, true) as Parsed;

function compiledBy(by: TypeScript, name: string, code: string): unknown {
  const sourceFile = parse(by, name, code);
  const analysis = analyze(by, sourceFile, name, undefined, 'look');
  const { diagnostics, functions, manifests } = analysis;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const plan = errors.length > 0 ? analysis.refusal(errors) : analysis.plan;
  const emitted = plan.edits.size === 0 ? code : emitText(by, sourceFile, plan, name);
  return {
    diagnostics,
    functions,
    manifests: [...manifests].map(([id, manifest]) => [id, { ...manifest, record: manifest.record() }]),
    emitted,
    syntax: sourceFile.parseDiagnostics.map((one) => one.code),
  };
}

describe('as by version 6', () => {
  it.each([
    ['fixtures/*/input.{ts,tsx,js,mts}', 140],
    ['diagnostics/*/*.ts', 130],
    ['good-code/**/*.ts', 15],
  ])('%s', { timeout: 300_000 }, (pattern, atLeast) => {
    const files = globSync(pattern, { cwd: tests }).sort();
    expect(files.length).toBeGreaterThanOrEqual(atLeast);
    for (const file of files) {
      const code = readFileSync(join(tests, file), 'utf8');
      const name = basename(file);
      expect(compiledBy(seven, name, code), file).toEqual(compiledBy(ts, name, code));
    }
  });

  it.each([
    ['a.ts', 'export const x = {;', true],
    ['a.ts', 'async function f() { await g( }', true],
    ['a.ts', 'a?.#b;', true],
    ['a.ts', 'export = f; import x = require("x"); enum A { b = y } declare module "m" {}', false],
    ['a.ts', 'export { t } from "./t"; import type { u } from "./u"; export { u }; let x; let x;', false],
    [
      'a.ts',
      '@dec class A { @dec m(@dec p: string) {} abstract n(): void; constructor(private q: number) {} }',
      false,
    ],
    ['a.ts', 'await x; for await (const y of z) {} const [, a] = b; with (c) {} delete a; return 1;', false],
    ['a.tsx', 'export const x = <A b={c}>{d}</A>;', false],
    ['a.js', 'let x: number = 1; enum A {} interface B {} export import c = d;', false],
  ])('%s: %s', (name, code, isWrong) => {
    const isRefused = (by: TypeScript): boolean => parse(by, name, code).parseDiagnostics.length > 0;
    expect(isRefused(seven)).toBe(isRefused(ts));
    expect(isRefused(ts)).toBe(isWrong);
  });
});

describe('a project that has 7.1 alone', () => {
  const begin = (name: string, path: string, typescript?: string): ReturnType<typeof tableOf> => {
    const project = Project.ofCorpus(path);
    if (typescript !== undefined) project.installCopy(typescript);
    const route = ROUTES.find((one) => one.name === name)!;
    const store = project.path('runs.db');
    const { output } = well(
      project.node([...route.build(project), 'begin', store], { EFFECTS: `${store}.effects` }),
    );
    expect(output.trim().split('\n')).toEqual(RESULTS);
    return tableOf(store);
  };

  it.each(['durable build', 'esbuild', 'vite', 'node --import use-durable/register'])('%s', (name) => {
    const path = `typescript/71-${name.replaceAll(/\W+/g, '-')}`;
    expect(begin(name, path, SEVEN_1)).toEqual(begin(name, `${path}-6`));
  });
});
