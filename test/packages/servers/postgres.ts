import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Postgres, in this process and in memory, over its wire protocol on loopback. */
export async function startPostgres(): Promise<
  Running & { readonly sql: (text: string) => Promise<unknown> }
> {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 16 });
  await server.start();
  return {
    url: `postgres://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`,
    sql: async (text) => await db.exec(text),
    stop: async () => {
      await server.stop();
      await db.close();
    },
  };
}
