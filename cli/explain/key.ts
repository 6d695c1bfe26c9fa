import { calleeIn, siteOf } from '../../runtime/tools/look.ts';

/** What a key says, part by part: where a call is in the course of its run. */
export function keyText(key: string): readonly string[] {
  const scopes = key.slice(0, Math.max(key.length - siteOf(key).length - countIn(key).length - 1, 0));
  const parts = scopes === '' ? [] : scopes.split('/');
  return [
    `${key} is the key of a call in a run:`,
    ...parts.map((part) => `  ${part}: inside of ${namedPart(part)}`),
    `  ${siteOf(key)}${countIn(key)}: ${callText(siteOf(key), countIn(key))}`,
    '`durable steps <file>` lists the ids of a file, `durable show <run> --full` the keys of a run, and `durable fork <run> --from <key>`',
    'starts a run that goes on from there.',
  ];
}

const countIn = (key: string): string => /\[\d+\]$/.exec(key)?.[0] ?? '';

const nth = (count: string): number => Number(count.slice(1, -1)) + 1;

function namedPart(part: string): string {
  const count = countIn(part);
  const name = part.slice(0, part.length - count.length);
  return count === '' ? `the first call of ${name}` : `call ${nth(count)} of ${name}`;
}

function callText(site: string, count: string): string {
  const isNamed = site.startsWith('"');
  const callee = calleeIn(site);
  const place = site === callee || isNamed ? '' : `, at the place in the source that has the id ${site}`;
  const what = isNamed ? `the step that is named ${site}` : `the call of ${callee}${place}`;
  return count === ''
    ? `${what}, the first time that the run comes to it`
    : `${what}, time ${nth(count)} that the run comes to it`;
}
