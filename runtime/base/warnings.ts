import { helpFor, type WarningCode } from './codes.ts';

/**
 * Emits a warning on the process, with the address of the page that explains it.
 *
 * @param detail is printed below the text
 */
export function emitWarning(code: WarningCode, text: string, detail?: string): void {
  const help = `See ${helpFor(code)}`;
  process.emitWarning(text, { code, detail: detail === undefined ? help : `${detail}\n${help}` });
}
