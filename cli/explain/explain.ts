import { existsSync } from 'node:fs';
import { nearest } from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';
import { compiledLines, printCompiled } from './compiled.ts';
import { keyText } from './key.ts';
import { codesOf, isCode, printSection, sectionOf } from './pages.ts';

/**
 * Explains a code, a source file or a key.
 *
 * @returns the exit code
 * @throws InputError for a code that there isn't; NothingToDrawError for a file without durable functions
 */
export function explain(what: string, { json = false }: { readonly json?: boolean }): number {
  const isFile = existsSync(what);
  const section = isFile ? undefined : sectionOf(what);
  if (section !== undefined) {
    if (json) console.log(JSON.stringify(section, null, 2));
    else printSection(section);
    return 0;
  }
  if (isFile) {
    const lines = compiledLines(what);
    if (json) console.log(JSON.stringify({ file: what, lines }, null, 2));
    else printCompiled(lines);
    return 0;
  }
  if (isCode(what) || /^[./].*\.[cm]?[jt]sx?$/.test(what)) throw new InputError(unknown(what));
  const text = keyText(what);
  console.log(json ? JSON.stringify({ key: what, text }, null, 2) : text.join('\n'));
  return 0;
}

function unknown(what: string): string {
  if (!isCode(what)) return `There is no file ${what}.`;
  const near = nearest(what.toUpperCase(), codesOf());
  const hint = near.length === 0 ? '' : ` Is it ${near.join(', or ')}?`;
  return `There is no code ${what}.${hint}`;
}
