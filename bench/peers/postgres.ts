import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/engines/restate-server.ts';

export interface Postgres {
  /** Without the name of a database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A server with a cluster of its own in this folder and the settings it comes with; undefined if none is installed. */
export async function startPostgres(folder: string): Promise<Postgres | undefined> {
  if (spawnSync('initdb', ['--version']).status !== 0) return undefined;
  const data = join(folder, 'postgres');
  mkdirSync(data);
  const as = asUser(folder, data);
  const init = spawnSync('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust'], {
    ...as,
    encoding: 'utf8',
  });
  if (init.status !== 0) throw new Error(`initdb: ${init.stderr}`);
  const port = await freePort();
  const server = spawn('postgres', ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data], {
    ...as,
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error('Postgres does not start.');
    await delay(50);
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}`,
    stop: async () => {
      server.kill('SIGINT');
      await ended;
    },
  };
}

/** Postgres refuses to run as root; its own user has to get at the folder then. */
function asUser(folder: string, data: string): Pick<SpawnOptions, 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  const user = { uid: id('-u'), gid: id('-g') };
  chmodSync(folder, 0o755);
  chownSync(data, user.uid, user.gid);
  return user;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
