import type { Command } from 'commander';
import { type InspectSource, parseSpan, type RunQuery, type RunStatus } from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';

/** Options that say which runs are meant. */
export interface QueryOptions {
  readonly status?: string;
  readonly fn?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Adds them. */
export const addQuery = (command: Command): Command =>
  command
    .option('--status <status,...>', 'running, blocked, completed, failed or cancelled')
    .option('--fn <function,...>', 'ids of durable functions, or their names')
    .option('--since <time>', 'created since: a date, or how long ago: 2h, "3 days"')
    .option('--until <time>', 'created before: a date, or how long ago');

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
  { status, fn, since, until }: QueryOptions,
  now: number,
): Promise<RunQuery> {
  return {
    ...(status !== undefined && { status: statusesIn(status) }),
    ...(fn !== undefined && { fn: await functionsIn(source, fn) }),
    ...(since !== undefined && { since: timeIn('--since', since, now) }),
    ...(until !== undefined && { until: timeIn('--until', until, now) }),
    ...(text !== undefined && { search: text }),
  };
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
