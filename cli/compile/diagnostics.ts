import type ts from 'typescript';
import type { Diagnostic } from '../../transformer/index.ts';
import type { TypeScript } from '../base/typescript.ts';

/**
 * A diagnostic of TypeScript in the form of ours: `TS1005`.
 *
 * @param whole the file it is about if it is about no place in it
 */
export function ofTypeScript(ts: TypeScript, fault: ts.Diagnostic, whole: string): Diagnostic {
  const { file, start = 0, length = 0, code, category, messageText } = fault;
  const at = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  return {
    code: `TS${code}`,
    severity: category === ts.DiagnosticCategory.Error ? 'error' : 'warning',
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    hint: '',
    help: '',
    fileName: file?.fileName ?? whole,
    start,
    length,
    line: at.line + 1,
    column: at.character + 1,
  };
}
