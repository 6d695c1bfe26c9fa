import { stripVTControlCharacters } from 'node:util';
import { plural, styled } from '../base/terminal.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import { countsText } from '../compile/frames.ts';
import { diagnosticsSection } from './diagnostics-section.ts';
import type { Section } from './section.ts';

/** What `check` says of a project. */
export interface Report {
  readonly text: string;
  readonly json: object;
  /** For a pull request. */
  readonly markdown: string;
  readonly errors: number;
  /** Functions with runs that may be parked. */
  readonly parking: number;
}

/** @param more sections behind the diagnostics, in the order of the text */
export function reportOf(project: CompiledProject, more: readonly Section[] = []): Report {
  const sections = [diagnosticsSection(project), ...more];
  const errors = sections.reduce((sum, section) => sum + section.errors, 0);
  const warnings = sections.reduce((sum, section) => sum + section.warnings, 0);
  const parking = sections.reduce((sum, section) => sum + (section.parking ?? 0), 0);
  const { typescript, files, functions } = project;
  const last = summary(project, countsText(errors, warnings), errors + warnings > 0);
  return {
    text: [...sections.flatMap(({ blocks }) => blocks), last].join('\n\n'),
    markdown: [
      ...sections.map(({ markdown, blocks }) => markdown ?? quoted(blocks)).filter((text) => text !== ''),
      stripVTControlCharacters(last),
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
    parking,
  };
}

/** As it is, in a block of Markdown. */
const quoted = (blocks: readonly string[]): string =>
  blocks.length === 0 ? '' : `\`\`\`text\n${stripVTControlCharacters(blocks.join('\n\n'))}\n\`\`\``;

function summary({ functions, files, typescript }: CompiledProject, counts: string, isBad: boolean): string {
  const what =
    files.length === 0
      ? 'no durable functions'
      : `${plural(functions.length, 'durable function')} in ${plural(files.length, 'file')}`;
  const { name, version } = typescript;
  const by = name === 'typescript' ? `TypeScript ${version}` : `TypeScript ${version} of ${name}`;
  return `${styled(isBad ? 'red' : 'green', counts)}: ${what}, checked with ${by}.`;
}
