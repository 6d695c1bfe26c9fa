import type { Finding, Severity } from '../base/finding.ts';
import { plural, styled, wrap } from '../base/terminal.ts';
import type { Use } from '../routes/use.ts';
import type { Examination, ExaminedFile } from './examine.ts';

const STYLES = { error: 'red', warning: 'yellow', note: 'cyan' } as const satisfies Record<Severity, string>;

/** The examination as a text for people. */
export function print({ files, uses, findings }: Examination, name: string): string {
  const count = files.reduce((sum, { functions }) => sum + functions.length, 0);
  const head = `${name}: ${plural(count, 'durable function')} in ${plural(files.length, 'file')}`;
  return [
    styled('bold', wrap(head, 0)),
    ...files.map(fileText),
    toolsText(uses),
    ...findings.map(findingText),
    summary(findings),
  ].join('\n\n');
}

const toolText = ({ route, file, line }: Use): string => `${route.tool} (${file}:${line})`;

function fileText({ file, line, functions, by }: ExaminedFile): string {
  const names = functions.map(({ id }) => id.slice(id.lastIndexOf('#') + 1)).join(', ');
  const compiled = by.length > 0 ? `compiled by ${by.map(toolText).join(', ')}` : 'nothing compiles it';
  return [
    styled('underline', `${file}:${line}`),
    ...(names === '' ? [] : [wrap(names, 2)]),
    styled(by.length > 0 ? 'green' : 'red', wrap(compiled, 2)),
  ].join('\n');
}

function toolsText(uses: readonly Use[]): string {
  if (uses.length === 0) return wrap('No build tool was found.', 0);
  const lines = uses.map((use) => wrap(`${use.has ? 'with' : 'without'} the plugin: ${toolText(use)}`, 2));
  return ['Build tools', ...lines].join('\n');
}

const findingText = ({ severity, code, file, line, message, change }: Finding): string =>
  [
    `${styled(STYLES[severity], severity)} ${styled('bold', code)}`,
    `  ${file}:${line}`,
    wrap(message, 2),
    '  Fix:',
    // To be copied, so it isn't broken.
    ...change.split('\n').map((line) => `    ${line}`),
  ].join('\n');

function summary(findings: readonly Finding[]): string {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  if (findings.length === 0) return styled('green', 'Nothing to mend.');
  return wrap(
    [
      plural(count('error'), 'error'),
      plural(count('warning'), 'warning'),
      plural(count('note'), 'note'),
    ].join(', '),
    0,
  );
}
