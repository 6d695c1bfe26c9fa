import { plural, styled } from '../base/terminal.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import { countsText, diagnosticsSection } from './diagnostics-section.ts';
import type { SectionOf } from './section.ts';

/** In the order of the text. */
const SECTIONS: readonly SectionOf[] = [diagnosticsSection];

/** What `check` says of a project. */
export interface Report {
  readonly text: string;
  readonly json: object;
  readonly errors: number;
}

export function reportOf(project: CompiledProject): Report {
  const sections = SECTIONS.map((sectionOf) => sectionOf(project));
  const errors = sections.reduce((sum, section) => sum + section.errors, 0);
  const warnings = sections.reduce((sum, section) => sum + section.warnings, 0);
  const { typescript, files, functions } = project;
  return {
    text: [
      ...sections.flatMap(({ blocks }) => blocks),
      summary(project, countsText(errors, warnings), errors + warnings > 0),
    ].join('\n\n'),
    json: {
      typescript,
      files,
      functions: functions.map(({ id, file, line, version }) => ({ id, file, line, version })),
      ...Object.fromEntries(sections.map(({ key, json }) => [key, json])),
      errors,
      warnings,
    },
    errors,
  };
}

function summary({ functions, files, typescript }: CompiledProject, counts: string, isBad: boolean): string {
  const what =
    files.length === 0
      ? 'no durable functions'
      : `${plural(functions.length, 'durable function')} in ${plural(files.length, 'file')}`;
  const { name, version } = typescript;
  const by = name === 'typescript' ? `TypeScript ${version}` : `TypeScript ${version} of ${name}`;
  return `${styled(isBad ? 'red' : 'green', counts)}: ${what}, checked with ${by}.`;
}
