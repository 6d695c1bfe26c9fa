import type { Command } from 'commander';
import {
  type AttributeValue,
  checkAttributes,
  type InspectSource,
  parseSpan,
  type RunQuery,
  type RunStatus,
  type StoredAttribute,
} from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';

/** Options that say which runs are meant. */
export interface QueryOptions {
  readonly status?: string;
  readonly fn?: string;
  readonly since?: string;
  readonly until?: string;
  /** `name=value`. */
  readonly attribute?: readonly string[];
}

/** Adds them. */
export const addQuery = (command: Command): Command =>
  command
    .option('--status <status,...>', 'running, blocked, completed, failed or cancelled')
    .option('--fn <function,...>', 'ids of durable functions, or their names')
    .option('--since <time>', 'created since: a date, or how long ago: 2h, "3 days"')
    .option('--until <time>', 'created before: a date, or how long ago')
    .option(
      '--attribute <name=value>',
      'with this attribute, such as customer=c-1; again for more, all of which it must have',
      (given: string, before: readonly string[] = []) => [...before, given],
    );

const STATUSES = [
  'running',
  'blocked',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];

/**
 * The runs that options name.
 *
 * @param text a part of the id of a run or of its function
 *
 * @throws InputError for an option that is none
 */
export async function queryOf(
  source: InspectSource,
  text: string | undefined,
  { status, fn, since, until, attribute }: QueryOptions,
  now: number,
): Promise<RunQuery> {
  return {
    ...(status !== undefined && { status: statusesIn(status) }),
    ...(fn !== undefined && { fn: await functionsIn(source, fn) }),
    ...(since !== undefined && { since: timeIn('--since', since, now) }),
    ...(until !== undefined && { until: timeIn('--until', until, now) }),
    ...(attribute !== undefined && { attributes: attributesIn(attribute) }),
    ...(text !== undefined && { search: text }),
  };
}

/** A text, and the number, boolean or moment that is written so. In quotes only the text. */
function attributesIn(given: readonly string[]): NonNullable<RunQuery['attributes']> {
  const found: Record<string, readonly StoredAttribute[]> = {};
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw new InputError(`--attribute takes name=value, such as customer=c-1, not "${one}".`);
    const [name, text] = [one.slice(0, at), one.slice(at + 1)];
    if (Object.hasOwn(found, name)) throw new InputError(`--attribute names "${name}" twice.`);
    found[name] = meantBy(text).map((value) => checked(name, value));
  }
  return found;
}

function meantBy(text: string): readonly AttributeValue[] {
  const quoted = /^"(.*)"$/s.exec(text)?.[1];
  if (quoted !== undefined) return [quoted];
  const date = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? new Date(text) : undefined;
  if (date !== undefined && !Number.isNaN(date.getTime())) return [text, date];
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  return text.trim() === '' || !Number.isFinite(Number(text)) ? [text] : [text, Number(text)];
}

/** @throws InputError for a name or a value that no attribute has */
function checked(name: string, value: AttributeValue): StoredAttribute {
  try {
    return checkAttributes('--attribute', { [name]: value })[name]!;
  } catch (error) {
    throw new InputError((error as Error).message);
  }
}

const partsOf = (text: string): readonly string[] => text.split(',').filter((part) => part !== '');

function statusesIn(text: string): readonly RunStatus[] {
  return partsOf(text).map((part) => {
    const found = STATUSES.find((status) => status === part);
    if (found !== undefined) return found;
    throw new InputError(`--status takes ${STATUSES.join(', ')}, not "${part}".`);
  });
}

/** By their ids, or by their names. */
async function functionsIn(source: InspectSource, text: string): Promise<readonly string[]> {
  const known = await source.functions();
  return partsOf(text).flatMap((part) => {
    const found = known.filter((fn) => fn === part || fn.slice(fn.lastIndexOf('#') + 1) === part);
    if (found.length > 0) return found;
    throw new InputError(
      known.length === 0
        ? `There is no run in ${source.name}.`
        : `No run is of a function "${part}". There are runs of: ${known.join(', ')}.`,
    );
  });
}

/** A moment, or how long ago. */
function timeIn(option: string, text: string, now: number): number {
  const date = /^\d{4}-/.test(text) ? new Date(text).getTime() : Number.NaN;
  if (!Number.isNaN(date)) return date;
  try {
    return now - parseSpan(option, text as `${number}s`);
  } catch {
    throw new InputError(
      `${option} takes a date such as 2026-05-01T12:00, or how long ago: 90s, 2h, "3 days". It was "${text}".`,
    );
  }
}
