import type { SQLOutputValue } from 'node:sqlite';
import type { Action, ActionFilter, KeptAction } from './actions.ts';
import type { Statements } from './connection.ts';
import type { Row } from './row-sums.ts';

/** What was done to the runs of a file. All methods are parts of transactions of their caller. */
export class SqliteActions {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** @param key of the run; null for none */
  keep(key: SQLOutputValue, action: Action | undefined): void {
    if (action !== undefined) this.#sql.insertAction.run(key, JSON.stringify(action));
  }

  keepOf(runId: string | undefined, action: Action | undefined): void {
    if (action === undefined) return;
    const key = runId === undefined ? null : this.#sql.addressee.get(runId)?.key;
    if (key !== undefined) this.keep(key, action);
  }

  list({ runId, after = 0, limit = 100 }: ActionFilter): readonly KeptAction[] {
    const rows =
      runId === undefined
        ? this.#sql.actions.all(after, limit)
        : this.#sql.actionsOf.all(runId, after, limit);
    return rows.flatMap(actionFrom);
  }
}

/** Nothing for a row that is damaged. */
function actionFrom({ seq, data, id }: Row): readonly KeptAction[] {
  try {
    const runId = id === null ? undefined : String(id);
    return [{ seq: Number(seq), runId, ...(JSON.parse(String(data)) as Action) }];
  } catch {
    return [];
  }
}
