import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import mysql from 'mysql2';
import type { Running } from './postgres.ts';

/** The types of columns in MySQL's protocol, by the beginning of what was declared. */
const TYPES: readonly (readonly [RegExp, number])[] = [
  [/^(big)?int/i, 8],
  [/^datetime/i, 12],
  [/^decimal/i, 246],
  [/^json/i, 245],
  [/^(real|double)/i, 5],
];
const TEXT = 253;

/** The part of the server side of mysql2 that its types leave out. */
interface Session {
  serverHandshake(options: object): void;
  writeTextResult(rows: readonly object[], columns: readonly object[]): void;
  writeOk(result: object): void;
  writeError(error: { readonly message: string; readonly code: number }): void;
  on(event: 'query', heard: (sql: string) => void): void;
  on(event: 'error', heard: (error: unknown) => void): void;
  end(): void;
}

/** MySQL's protocol, as mysql2 speaks it, in front of a SQLite in memory. */
export async function startMysql(): Promise<Running & { readonly sql: (text: string) => void }> {
  const db = new DatabaseSync(':memory:');
  const sessions = new Set<Session>();
  // biome-ignore lint/suspicious/noExplicitAny: the types of mysql2 know nothing of what makes it a server
  const server = (mysql as any).createServer();
  server.on('connection', (session: Session) => {
    sessions.add(session);
    session.serverHandshake({
      protocolVersion: 10,
      serverVersion: '8.0.0',
      connectionId: sessions.size,
      statusFlags: 2,
      characterSet: 45,
      // All but compression and TLS.
      capabilityFlags: 0xffffff ^ 0x20 ^ 0x800,
    });
    session.on('error', () => {});
    session.on('query', (sql) => {
      try {
        answer(db, sql, session);
      } catch (error) {
        session.writeError({ message: (error as Error).message, code: 1064 });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server._server, 'listening');
  const { port } = server._server.address() as AddressInfo;
  return {
    url: `mysql://root@127.0.0.1:${port}/shop`,
    sql: (text) => db.exec(text),
    stop: async () => {
      for (const session of sessions) session.end();
      await new Promise<void>((done) => server.close(() => done()));
      db.close();
    },
  };
}

function answer(db: DatabaseSync, sql: string, session: Session): void {
  const statement = db.prepare(sql.replace(/^start transaction/i, 'begin'));
  const columns = statement.columns();
  if (columns.length === 0) {
    const { changes, lastInsertRowid } = statement.run(...([] as SQLInputValue[]));
    session.writeOk({
      affectedRows: Number(changes),
      insertId: /^insert/i.test(sql) ? Number(lastInsertRowid) : 0,
    });
    return;
  }
  const rows = statement.all() as Record<string, unknown>[];
  const described = columns.map(({ name, table, type }) => ({
    ...{ catalog: 'def', schema: 'shop', table: table ?? '', orgTable: table ?? '', name, orgName: name },
    ...{ characterSet: 45, columnLength: 1024, flags: 0, decimals: 0 },
    columnType: TYPES.find(([pattern]) => pattern.test(type ?? 'bigint'))?.[1] ?? TEXT,
  }));
  session.writeTextResult(
    rows.map((row) => Object.fromEntries(columns.map(({ name }) => [name, row[name]]))),
    described,
  );
}
