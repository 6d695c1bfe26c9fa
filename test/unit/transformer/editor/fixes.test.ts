import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../../../transformer/base/diagnostics.ts';
import { FIXABLE, type Fix, fixFor } from '../../../../transformer/editor/fixes/index.ts';
import { ProgramAnalyses } from '../../../../transformer/hosts/program-analyses.ts';
import { transform } from '../../../../transformer/index.ts';
import { type Fixture, fixtures } from '../../../support/fixtures.ts';
import { FULL } from '../../../support/tier.ts';
import { durableProgram } from '../../../support/typed.ts';

const FOLDER = fileURLToPath(new URL('../../../diagnostics/', import.meta.url));
const PATH = fileURLToPath(new URL('../../../.tmp/fixes/main.ts', import.meta.url));
const codeOf = ({ name }: Fixture): string => name.split('-')[0]?.toUpperCase() ?? '';
const mistakes = fixtures(FOLDER).filter((mistake) => FIXABLE.includes(codeOf(mistake)));
const lastOfEachCode = new Set(new Map(mistakes.map((mistake) => [codeOf(mistake), mistake])).values());
/** In the quick tier one for each code. The others are skipped, not left out: their snapshots stay in use. */
const itInTier = (mistake: Fixture): typeof it =>
  (FULL || lastOfEachCode.has(mistake) ? it : it.skip) as typeof it;

interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  readonly syntaxErrors: readonly string[];
  fix(diagnostic: Diagnostic): Fix | undefined;
}

function check(path: string, text: string): Checked {
  if (path.includes('ud1007')) return checkAlone(path, text);
  const program = durableProgram([path], { [path]: text });
  const file = program.getSourceFile(path)!;
  const analyses = new ProgramAnalyses(ts, program, undefined);
  const analysis = analyses.of(file);
  return {
    diagnostics: analysis ? analyses.diagnosticsOf(analysis, file) : [],
    syntaxErrors: program.getSyntacticDiagnostics(file).map(({ messageText }) => String(messageText)),
    fix: (diagnostic) => fixFor(ts, file, diagnostic, program.getTypeChecker()),
  };
}

function applied(text: string, { edits }: Fix): string {
  return [...edits]
    .map((edit, order) => ({ ...edit, order }))
    .sort((one, other) => other.start - one.start || other.order - one.order)
    .reduce(
      (left, { start, length, text: put }) => left.slice(0, start) + put + left.slice(start + length),
      text,
    );
}

/** Without types and without a package, where a file may be a script. */
function checkAlone(path: string, text: string): Checked {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  return {
    diagnostics: transform(text, { fileName: 'input.ts' }).diagnostics,
    syntaxErrors: [],
    fix: (diagnostic) => fixFor(ts, file, diagnostic, undefined),
  };
}

const codes = ({ diagnostics }: Checked): string[] => diagnostics.map(({ code }) => code).sort();

/** The codes that some fix was applied for. */
const repaired = new Set<string>();

/** Applies a fix after the other; each takes away at least its own diagnostic, and brings no other. */
function allFixed(path: string, source: string): { readonly text: string; readonly checked: Checked } {
  let text = source;
  let checked = check(path, text);
  for (;;) {
    const fixed = checked.diagnostics.find((one) => checked.fix(one) !== undefined);
    if (fixed === undefined) return { text, checked };
    const next = applied(text, checked.fix(fixed)!);
    const then = check(path, next);
    expect(then.syntaxErrors).toEqual([]);
    const left = codes(checked);
    left.splice(left.indexOf(fixed.code), 1);
    for (const code of codes(then)) {
      expect(left).toContain(code);
      left.splice(left.indexOf(code), 1);
    }
    text = next;
    checked = then;
    repaired.add(fixed.code);
  }
}

describe('quick fixes', () => {
  for (const mistake of mistakes)
    itInTier(mistake)(`${mistake.name}: what is fixed is no longer reported`, () => {
      const { text, checked } = allFixed(mistake.folder + mistake.file, mistake.source);
      expect(text).toMatchSnapshot('fixed');
      // These are for the author to decide.
      const lines = checked.diagnostics.map(
        ({ line, code }) => `${code} ${text.split('\n')[line - 1]?.trim()}`,
      );
      expect(lines).toMatchSnapshot('left');
    });

  it('there is one for each of the codes that are named', () => {
    expect([...repaired].sort()).toEqual(FIXABLE);
  });

  const fixed = (source: string): string => allFixed(PATH, source).text;
  const main = (body: string, head = ''): string =>
    `${head}export async function main() { 'use durable'; ${body} }\nexport async function job(n = 1) { return n; }\n`;

  it('a step is imported once, by the name that it has or one that is free', () => {
    const read = 'return [process.pid];';
    expect(fixed(main(read))).toContain("import { step } from 'use-durable';\nexport async function main");
    expect(fixed(main(read, "import { sleep } from 'use-durable';\n"))).toContain(
      "import { sleep, step } from 'use-durable';",
    );
    expect(fixed(main(read, "import { step as unit } from 'use-durable';\n"))).toContain(
      'await unit(() => process.pid)',
    );
    expect(
      fixed(main(read, "import type { Runtime } from 'use-durable';\nexport type R = Runtime;\n")),
    ).toMatch(/^import \{ step \} from 'use-durable';\nimport type/);
    expect(fixed(main(read, 'export const step = 1;\n'))).toContain('await durableStep(() => process.pid)');
  });

  it('an await is put where it takes the whole promise and no more', () => {
    expect(fixed(main('void job();'))).toContain("{ 'use durable'; await job(); }");
    const job = 'const own = async () => { await job(); await job(2); };';
    expect(fixed(main(`${job} own().catch(() => 2);`))).toContain('; await own().catch(');
    expect(fixed(main('return [process.pid.toFixed(1), process.pid ** 2];'))).toContain(
      '[await step(() => process.pid.toFixed(1)), (await step(() => process.pid)) ** 2]',
    );
  });

  it('is not offered where no await may stand, or the value may be lost', () => {
    for (const body of [
      'return [1].map(() => process.pid);',
      'const env = process.env; return Object.keys(env);',
      'process.env.A = "1";',
    ]) {
      const checked = check(PATH, main(body));
      expect(checked.diagnostics.length).toBeGreaterThan(0);
      expect(checked.diagnostics.map((one) => checked.fix(one))).toEqual(
        checked.diagnostics.map(() => undefined),
      );
    }
  });

  it('needs types for what depends on them', () => {
    const program = durableProgram([PATH], { [PATH]: main('return process.pid;') });
    const file = program.getSourceFile(PATH)!;
    const analyses = new ProgramAnalyses(ts, program, undefined);
    const [diagnostic] = analyses.diagnosticsOf(analyses.of(file)!, file);
    expect(fixFor(ts, file, diagnostic!, undefined)).toBeUndefined();
    expect(fixFor(ts, file, diagnostic!, program.getTypeChecker())).toBeDefined();
  });
});
