import ts from 'typescript';
import { formatDiagnostic } from '../../../../transformer/base/reporter.ts';
import { transform } from '../../../../transformer/index.ts';

/** A file that nobody should have written, or nobody has finished writing. */
export interface Input {
  readonly fileName: string;
  readonly source: string;
}

export interface Verdict {
  /** What the compiler did wrong; undefined where it behaved. */
  readonly problem?: string;
  readonly compiled: boolean;
  /** Whether the input itself is correct for TypeScript's parser; undefined where that parser gives up. */
  readonly wellFormed: boolean | undefined;
  readonly functions: number;
  /** Codes of the diagnostics. */
  readonly codes: readonly string[];
}

/**
 * Compiles an input and checks what must hold whatever the input is: no exception; the code comes back unchanged, or it
 * is compiled into something that parses and has the same lines; diagnostics lie inside the file; no durable function is
 * left as it is.
 */
export function inspect({ fileName, source }: Input): Verdict {
  const wellFormed = parses(fileName, source);
  let result: ReturnType<typeof transform>;
  try {
    result = transform(source, { fileName });
  } catch (error) {
    return { problem: `threw ${describe(error)}`, compiled: false, wellFormed, functions: 0, codes: [] };
  }
  const { code, map, functions, diagnostics } = result;
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  const changed = code !== source;
  const problems: string[] = [];
  if (changed) {
    if (wellFormed === false) problems.push('compiled a file with syntax errors');
    if (parses(fileName, code) === false) problems.push(`the output has syntax errors:\n${code}`);
    if (lines(code) !== lines(source)) problems.push('the output has another number of lines');
    if (map === null) problems.push('no source map');
    if (functions.length === 0 && !failed) problems.push('changed a file without durable functions');
    if (failed !== /\.refuse\(\$refused|NotCompiledError/.test(code))
      problems.push(failed ? 'compiled in spite of an error' : 'refused without an error');
  } else if (functions.length > 0) problems.push('left durable functions as they are');
  for (const diagnostic of diagnostics) {
    const { start, length } = diagnostic;
    if (start < 0 || start + length > source.length) problems.push('a diagnostic lies outside the file');
    if (/\{\}/.test(diagnostic.message + diagnostic.hint)) problems.push('a hole in a message is not filled');
    formatDiagnostic(diagnostic, source);
  }
  return {
    ...(problems.length > 0 && { problem: problems.join('; ') }),
    compiled: changed && !failed,
    wellFormed,
    functions: functions.length,
    codes: diagnostics.map((diagnostic) => diagnostic.code),
  };
}

/** Whether a text has no syntax errors; undefined where it is nested too deeply for TypeScript itself. */
function parses(fileName: string, code: string): boolean | undefined {
  try {
    const sourceFile = ts.createSourceFile(fileName, code, ts.ScriptTarget.ESNext, false);
    return (sourceFile as unknown as { parseDiagnostics: readonly unknown[] }).parseDiagnostics.length === 0;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const lines = (text: string): number => text.split(/\r\n|[\n\r\u2028\u2029]/).length;

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The frames of the transformer itself, innermost first: where to look.
  const frames = (error.stack ?? '').split('\n').filter((line) => line.includes('/transformer/'));
  const places = frames.map((line) => /at (\S+) .*\/([^/]+:\d+):\d+/.exec(line)?.slice(1).join(' '));
  return `${error.name}: ${error.message} (${[...new Set(places)].slice(0, 4).join(', ')})`;
}
