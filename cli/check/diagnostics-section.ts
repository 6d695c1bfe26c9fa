import type { Diagnostic } from '../../transformer/index.ts';
import { wrap } from '../base/terminal.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import { frameOf } from '../compile/frames.ts';
import type { Section } from './section.ts';

/** The diagnostics of the compiler, each with the lines that it is about. */
export function diagnosticsSection({ diagnostics, mistyped, readFile }: CompiledProject): Section {
  const count = (wanted: Diagnostic['severity']): number =>
    diagnostics.filter(({ severity }) => severity === wanted).length;
  return {
    key: 'diagnostics',
    json: diagnostics,
    blocks: [
      ...diagnostics.map((one) => frameOf(one, readFile(one.fileName) ?? '')),
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
