import type { SQLInputValue } from 'node:sqlite';
import { attributeText } from '../base/attributes.ts';
import type { RunQuery } from './inspect-source.ts';
import { unknownCursor } from './store-errors.ts';

/** Rows that are rather sorted than read in the order of their keys. */
const FEW = 10_000;
/** Behind all texts that begin with the text before it. */
export const LAST = '\u{10ffff}';

/** What follows `from`, and the values of its parameters. */
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
  /** The rows of the index that fit: what follows `from`. Default: those of the runs. */
  readonly rows?: string;
  /** How runs are selected by the index. Default: as `sql` says, of the runs in that index. */
  readonly by?: string;
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
  const all = narrowingsOf(query);
  const narrowings = all.filter(({ index }) => indexes.has(index));
  // A file of an earlier format. It has no attributes at all.
  const others = all
    .filter(({ index }) => !indexes.has(index))
    .map((one) => (one.rows === undefined ? one : NONE));
  const few = narrowings.find((one) => count(rowsOf(one)) < FEW);
  const [only, more] = narrowings;
  const chosen = few ?? (more === undefined && only?.isOrdered ? only : undefined);
  return selection(chosen, [...narrowings, ...others, ...filtersOf(query)]);
}

const NONE: Condition = { sql: 'false', values: [] };

/** So many of them as matter. */
function rowsOf(one: Narrowing): RunSelection {
  const sql = one.rows ?? selection(one, [one]).sql;
  return { sql: `${sql} limit ${FEW}`, values: one.values };
}

function selection(chosen: Narrowing | undefined, conditions: readonly Condition[]): RunSelection {
  const isOfRuns = chosen !== undefined && chosen.rows === undefined;
  const index = isOfRuns ? `indexed by ${chosen.index}` : 'not indexed';
  const all = conditions.map((one) => (one === chosen ? (chosen.by ?? one.sql) : one.sql));
  return {
    sql: `runs r ${index} where ${[...all, `r.status <> 'pruned'`].join(' and ')}`,
    values: conditions.flatMap(({ values }) => values),
  };
}

function narrowingsOf({ prefix, status, fn, attributes = {} }: RunQuery): readonly Narrowing[] {
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
    ...Object.entries(attributes).map(([name, values]) => withAttribute(name, values.map(attributeText))),
    ...(status === undefined ? [] : [oneOf('status', status, 'runs_by_status')]),
    ...(fn === undefined ? [] : [oneOf('fn', fn, 'runs_by_fn')]),
  ];
}

const oneOf = (column: string, values: readonly string[], index: string): Narrowing =>
  values.length === 1
    ? { sql: `r.${column} = ?`, values, index, isOrdered: true }
    : { sql: `r.${column} in (${values.map(() => '?').join()})`, values, index, isOrdered: false };

/** Runs that have an attribute are selected by its index, or each of them is looked at in the order of keys. */
function withAttribute(name: string, texts: readonly string[]): Narrowing {
  const rows = `attributes a where a.name = ? and a.value in (${texts.map(() => '?').join()})`;
  return {
    sql: `exists (select 1 from ${rows} and a.run = r.key)`,
    by: `r.key in (select a.run from ${rows})`,
    rows,
    values: [name, ...texts],
    index: 'attributes_by_value',
    isOrdered: false,
  };
}

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
