import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ErrorCode, WarningCode } from '../runtime/base/codes.ts';
import { type CodeEntry, errorCodes, warningCodes } from './error-codes.ts';
import { errorExamples, warningExamples } from './error-examples.ts';

/** `npm run docs:errors` writes `docs/errors.md` from the catalogue of codes and from texts of the catalogue of messages. */
export const PAGE: string = fileURLToPath(new URL('errors.md', import.meta.url));

/** The text of the page. */
export function errorsPage(): string {
  const errors = Object.entries(errorCodes) as [ErrorCode, CodeEntry][];
  const warnings = Object.entries(warningCodes) as [WarningCode, CodeEntry][];
  return `${[
    '# Errors and warnings',
    'Every error of this package is a `DurableError`. `error.code` is one of the codes below; it does not change between ' +
      'versions, so test the code or the class, and not the text. `error.help` is the address of the section, for example ' +
      '`use-durable/docs/errors.md#misuse`. This page is in the npm package, under `node_modules/use-durable/docs/`.',
    'Warnings are emitted on the process (`process.on("warning", ...)`). `warning.code` begins with `USE_DURABLE_`, and ' +
      '`warning.detail` has the address of the section. Errors of the compiler are in [diagnostics.md](diagnostics.md).',
    'This page is written by `npm run docs:errors` from `docs/error-codes.ts` and `runtime/base/messages/`; do not ' +
      'edit it.',
    table('error', errors),
    table('warning', warnings),
    '## Errors',
    ...errors.map(([code, entry]) => {
      const { name, message } = errorExamples[code];
      return section(code, entry, name, `${name}: ${message}`);
    }),
    '## Warnings',
    ...warnings.map(([code, entry]) =>
      section(code, entry, undefined, `[${code}] Warning: ${warningExamples[code]}`),
    ),
  ].join('\n\n')}\n`;
}

const table = (kind: string, entries: readonly (readonly [string, CodeEntry])[]): string =>
  [
    `| ${kind} | what happened |`,
    '| --- | --- |',
    ...entries.map(([code, { title }]) => `| [${code}](#${code.toLowerCase()}) | ${title} |`),
  ].join('\n');

const section = (code: string, entry: CodeEntry, name: string | undefined, example: string): string =>
  [
    `### ${code}`,
    `${name === undefined ? '' : `\`${name}\`. `}${entry.title} ${entry.meaning}`,
    'Likely causes:',
    entry.causes.map((cause) => `- ${cause}`).join('\n'),
    `What to do: ${entry.remedy}`,
    `\`\`\`text\n${example}\n\`\`\``,
  ].join('\n\n');

if (import.meta.main) writeFileSync(PAGE, errorsPage());
