import type { SQLOutputValue } from 'node:sqlite';
import { attributeText, type StoredAttributes } from '../base/attributes.ts';
import type { Statements } from './connection.ts';
import type { Shown } from './store.ts';

/** What the runs of a file show of themselves. All methods are parts of transactions of their caller. */
export class SqliteShown {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** Of a new run. */
  begin(key: SQLOutputValue, attributes: StoredAttributes): void {
    this.write(key, { attributes });
  }

  write(key: SQLOutputValue, { attributes = {} }: Shown): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) this.#sql.deleteAttribute.run(key, name);
      else this.#sql.setAttribute.run(key, name, attributeText(value));
    }
  }
}
