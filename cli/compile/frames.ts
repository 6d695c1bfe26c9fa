/** How diagnostics are printed. */
import { type Diagnostic, formatDiagnostic } from '../../transformer/index.ts';
import { plural, styled } from '../base/terminal.ts';

const HEAD = /^(\S+) - (error|warning|info) (\S+:)/;
const MARKS = /^( *\| *)(~+)$/m;
const STYLES = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** A diagnostic with its line, coloured as TypeScript's own compiler does it. */
export function frameOf(diagnostic: Diagnostic, source: string): string {
  const text = formatDiagnostic(diagnostic, source);
  const severity = (HEAD.exec(text)?.[2] ?? 'info') as keyof typeof STYLES;
  const style = STYLES[severity];
  return text
    .replace(
      HEAD,
      (_, place: string, word: string, code: string) =>
        `${styled('cyan', place)} - ${styled(style, word)} ${styled('gray', code)}`,
    )
    .replace(MARKS, (_, gutter: string, marks: string) => gutter + styled(style, marks));
}

/** `2 errors, 1 warning` */
export const countsText = (errors: number, warnings: number): string =>
  [plural(errors, 'error'), ...(warnings > 0 ? [plural(warnings, 'warning')] : [])].join(', ');
