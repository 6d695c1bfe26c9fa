import { type Diagnostic, formatDiagnostic } from '../../transformer/index.ts';
import { plural, styled, wrap } from '../base/terminal.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { Section } from './section.ts';

/** The diagnostics of the compiler, each with the lines that it is about. */
export function diagnosticsSection({ diagnostics, mistyped, readFile }: CompiledProject): Section {
  const count = (wanted: Diagnostic['severity']): number =>
    diagnostics.filter(({ severity }) => severity === wanted).length;
  return {
    key: 'diagnostics',
    json: diagnostics,
    blocks: [
      ...diagnostics.map((one) => coloured(formatDiagnostic(one, readFile(one.fileName) ?? ''))),
      ...(mistyped.length > 0 ? [note(mistyped)] : []),
    ],
    errors: count('error'),
    warnings: count('warning'),
  };
}

const note = (files: readonly string[]): string =>
  wrap(
    `Note: ${files.join(', ')} ${files.length === 1 ? 'has' : 'have'} errors of types, which tsc shows. ` +
      'Where a type is unknown, checks that need it find nothing.',
    0,
  );

const HEAD = /^(\S+) - (error|warning|info) (\S+:)/;
const MARKS = /^( *\| *)(~+)$/m;
const STYLES = { error: 'red', warning: 'yellow', info: 'cyan' } as const;

/** As TypeScript's own compiler colours them. */
function coloured(text: string): string {
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
