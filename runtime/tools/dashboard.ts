/** The dashboard over the file of a store, for the command line tool. */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onLoopback } from '../dashboard/loopback.ts';
import { DashboardServer } from '../dashboard/server.ts';
import { toNodeListener } from '../http/node-listener.ts';
import { printError } from '../http/report.ts';
import type { Runtime } from '../local/worker/runtime-interface.ts';
import { fileSource } from '../stores/sqlite-source.ts';

export interface LocalDashboardOptions {
  /** The file of the store. */
  readonly path: string;
  /** Steers the runs; undefined: they are only looked at. */
  readonly runtime?: Runtime;
  /** Why there is none. */
  readonly onlyRead?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Noted with each action. */
  readonly by: string;
  /** The folder of the project, whose sources are shown. */
  readonly root: string;
}

export interface LocalDashboard {
  /** With the token. */
  readonly url: string;
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/**
 * Serves the dashboard on the loopback interface, to whoever has the token.
 *
 * Rejects with StoreError if the file can't be read, and with the error of the system if the port can't be had.
 */
export async function serveDashboard(options: LocalDashboardOptions): Promise<LocalDashboard> {
  const { path, runtime, onlyRead, by, root } = options;
  const source = fileSource(path);
  const shown = {
    source,
    ...(runtime !== undefined && { runtime }),
    ...(onlyRead !== undefined && { onlyRead }),
  };
  const dashboard = new DashboardServer(shown, {
    authorize: () => ({ read: true, act: runtime !== undefined, by }),
    basePath: '',
    maxBodyBytes: 2 ** 20,
    onError: printError,
    root,
  });
  try {
    const server = createServer();
    const port = await listen(server, options.port);
    const token = randomBytes(24).toString('base64url');
    server.on('request', toNodeListener(onLoopback((request) => dashboard.serve(request), { port, token })));
    return {
      url: `http://127.0.0.1:${port}/#token=${token}`,
      port,
      close: async () => {
        await dashboard.close();
        await new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        });
      },
    };
  } catch (error) {
    await dashboard.close();
    throw error;
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
