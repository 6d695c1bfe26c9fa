import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { cellsOf, cutOff } from '../../runtime/tools/look.ts';
import { fileIdOf } from '../../transformer/base/file-id.ts';
import { compile } from '../../transformer/compile.ts';
import { columnsOf, styled } from '../base/terminal.ts';
import { NothingToDrawError } from '../graph/nothing-to-draw.ts';

/** A line of a file, and what it is compiled to. The compiler keeps lines where they are. */
export interface CompiledLine {
  readonly line: number;
  readonly source: string;
  readonly compiled: string;
}

/** Below it the compiled line is below that of the source. */
const WIDE = 110;

/** @throws NothingToDrawError for a file without durable functions, or with errors */
export function compiledLines(file: string): readonly CompiledLine[] {
  if (!existsSync(file)) throw new NothingToDrawError(`There is no file ${file}.`);
  const text = readFileSync(file, 'utf8');
  const path = resolve(file);
  const options = { fileName: relative(process.cwd(), path), fileId: fileIdOf(path) };
  const { code, functions, diagnostics } = compile(text, options, 'none');
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new NothingToDrawError(`${file}:${error.line}: ${error.message}`);
  if (functions.length === 0) throw new NothingToDrawError(`${file} has no durable function.`);
  const [source, compiled] = [text.split('\n'), code.split('\n')];
  return Array.from({ length: Math.max(source.length, compiled.length) }, (_, index) => ({
    line: index + 1,
    source: source[index] ?? '',
    compiled: compiled[index] ?? '',
  }));
}

export function printCompiled(lines: readonly CompiledLine[]): void {
  const columns = columnsOf();
  const gutter = String(lines.length).length;
  const half = Math.floor((columns - gutter - 5) / 2);
  for (const { line, source, compiled } of lines) {
    const number = styled('dim', String(line).padStart(gutter));
    // Definitions of the functions are in the first line, before what it had.
    const isDefinition =
      compiled !== source && compiled.endsWith(source) && compiled.includes('$durable.define(');
    const shown = isDefinition ? '(definitions of the functions)' : compiled;
    if (columns >= WIDE) {
      const left = cutOff(source, half);
      const right = cutOff(shown, half);
      const filled = left + ' '.repeat(Math.max(half - cellsOf(left), 0));
      console.log(
        `${number} ${filled} ${styled('dim', '│')} ${styled(compiled === source ? 'dim' : 'green', right)}`.trimEnd(),
      );
    } else {
      console.log(`${number}   ${source}`.trimEnd());
      if (compiled !== source) console.log(`${' '.repeat(gutter)} ${styled('green', `→ ${shown}`)}`);
    }
  }
}
