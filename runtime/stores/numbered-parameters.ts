/**
 * Statements with numbered parameters (`?1`) on any Node. The oldest ones that the package works on take `?1` for a name,
 * and refuse values that are given in their order.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** What a store does with a prepared statement. */
export type Statement = Pick<StatementSync, 'run' | 'get' | 'all' | 'iterate'>;

/** Gives what prepares the statements of a connection. */
export function preparing(db: DatabaseSync): (sql: string) => Statement {
  if (bindsByNumber(db)) return (sql) => db.prepare(sql);
  return (sql) => (/\?\d/.test(sql) ? inOrder(db, sql) : db.prepare(sql));
}

function bindsByNumber(db: DatabaseSync): boolean {
  try {
    return db.prepare('select ?1 as one').get(1)?.one === 1;
  } catch {
    return false;
  }
}

/** The statement with `?` for each number, and the values as often as they are named. */
function inOrder(db: DatabaseSync, sql: string): Statement {
  const places: number[] = [];
  const text = sql.replace(/\?(\d+)/g, (_, number: string) => {
    places.push(Number(number) - 1);
    return '?';
  });
  const statement = db.prepare(text);
  const arranged = (values: readonly SQLInputValue[]): SQLInputValue[] =>
    places.map((place) => values[place] as SQLInputValue);
  return {
    run: (...values: SQLInputValue[]) => statement.run(...arranged(values)),
    get: (...values: SQLInputValue[]) => statement.get(...arranged(values)),
    all: (...values: SQLInputValue[]) => statement.all(...arranged(values)),
    iterate: (...values: SQLInputValue[]) => statement.iterate(...arranged(values)),
  } as Statement;
}
