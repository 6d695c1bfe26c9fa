import type { SQLInputValue } from 'node:sqlite';
import type { RunQuery } from './inspect-source.ts';
import { unknownCursor } from './store-errors.ts';

/** Rows that are rather sorted than read in the order of their keys. */
const FEW = 10_000;
/** Behind all texts that begin with the text before it. */
export const LAST = '\u{10ffff}';

/** What follows `from runs r`, and the values of its parameters. */
export interface RunSelection {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** A condition for which there is an index. */
interface Narrowing extends Condition {
  readonly index: string;
  /** Rows that fit come in the order of their keys. */
  readonly isOrdered: boolean;
}

/**
 * How the runs of a query are found without a look at each run of a large file. If few runs fit one of its conditions, these are
 * read and sorted. Otherwise many do, so that a page of them is soon found in the order of keys.
 *
 * @param count how many rows a selection has
 * @throws MisuseError for a cursor that is none
 */
export function selectionOf(
  query: RunQuery,
  indexes: ReadonlySet<string>,
  count: (selection: RunSelection) => number,
): RunSelection {
  const narrowings = narrowingsOf(query).filter(({ index }) => indexes.has(index));
  const others = narrowingsOf(query).filter(({ index }) => !indexes.has(index));
  const few = narrowings.find((one) => count(limited(selection(one.index, [one]))) < FEW);
  const [only, more] = narrowings;
  const chosen = few ?? (more === undefined && only?.isOrdered ? only : undefined);
  return selection(chosen?.index, [...narrowings, ...others, ...filtersOf(query)]);
}

const limited = ({ sql, values }: RunSelection): RunSelection => ({ sql: `${sql} limit ${FEW}`, values });

function selection(index: string | undefined, conditions: readonly Condition[]): RunSelection {
  const by = index === undefined ? 'not indexed' : `indexed by ${index}`;
  const all = [...conditions.map(({ sql }) => sql), `r.status <> 'pruned'`];
  return { sql: `${by} where ${all.join(' and ')}`, values: conditions.flatMap(({ values }) => values) };
}

function narrowingsOf({ prefix, status, fn }: RunQuery): readonly Narrowing[] {
  return [
    ...(prefix === undefined || prefix === ''
      ? []
      : [
          {
            sql: 'r.id >= ? and r.id < ?',
            values: [prefix, prefix + LAST],
            index: 'sqlite_autoindex_runs_1',
            isOrdered: false,
          },
        ]),
    ...(status === undefined ? [] : [oneOf('status', status, 'runs_by_status')]),
    ...(fn === undefined ? [] : [oneOf('fn', fn, 'runs_by_fn')]),
  ];
}

const oneOf = (column: string, values: readonly string[], index: string): Narrowing =>
  values.length === 1
    ? { sql: `r.${column} = ?`, values, index, isOrdered: true }
    : { sql: `r.${column} in (${values.map(() => '?').join()})`, values, index, isOrdered: false };

function filtersOf({ since, until, search, cursor }: RunQuery): readonly Condition[] {
  return [
    ...(since === undefined ? [] : [{ sql: 'r.created_at >= ?', values: [Math.ceil(since)] }]),
    ...(until === undefined ? [] : [{ sql: 'r.created_at < ?', values: [Math.ceil(until)] }]),
    ...(search === undefined || search === ''
      ? []
      : [{ sql: '(instr(r.id, ?) > 0 or instr(r.fn, ?) > 0)', values: [search, search] }]),
    ...(cursor === undefined ? [] : [{ sql: 'r.key < ?', values: [keyIn(cursor)] }]),
  ];
}

function keyIn(cursor: string): number {
  const key = Number(cursor);
  if (!/^\d+$/.test(cursor) || !Number.isSafeInteger(key)) throw unknownCursor(cursor);
  return key;
}
