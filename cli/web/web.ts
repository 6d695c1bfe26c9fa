import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LocalDashboard, serveDashboard } from '../../runtime/tools/dashboard.ts';
import { createRuntime, fileStore, formatOf, type Runtime } from '../../runtime/tools.ts';
import { personAt } from '../base/person.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { NoStoreError } from '../runs/no-store.ts';
import { storePathOf } from '../runs/open-store.ts';
import type { WebOptions } from './options.ts';

/**
 * Serves the page until the process is asked to end.
 *
 * @param run the beginning of the id of a run that is shown at first; undefined for all runs
 * @returns the exit code
 * @throws NoStoreError if there is no store that can be read, or the port can't be had; NoRunError
 */
export async function web(
  run: string | undefined,
  { store, port, readOnly = false, open }: WebOptions,
): Promise<number> {
  const path = storePathOf(store);
  const number = portOf(port);
  const onlyRead = whyOnlyRead(path, readOnly);
  const shown = run === undefined ? undefined : await withSource(path, (source) => findRun(source, run));
  // It has no durable function loaded, so it drives no run: what is steered is left to the workers.
  const runtime = onlyRead === undefined ? createRuntime({ store: fileStore(path) }) : undefined;
  try {
    const dashboard = await serve(path, number, runtime, onlyRead);
    const url = shown === undefined ? dashboard.url : `${dashboard.url}&run=${encodeURIComponent(shown)}`;
    console.log(url);
    console.error(`The runs of ${path}${onlyRead === undefined ? '' : ', read-only'}. Ctrl+C ends the page.`);
    const opened = open && process.stdout.isTTY ? openBrowser(url) : undefined;
    await endOfProcess();
    opened?.();
    await dashboard.close();
  } finally {
    await runtime?.close({ store: true });
  }
  return 0;
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new NoStoreError(`--port takes a number from 0 to 65535, not "${text}".`);
}

/**
 * Why nothing can be steered; undefined if it can.
 *
 * @throws NoStoreError if there is nothing that can be read
 */
function whyOnlyRead(path: string, readOnly: boolean): string | undefined {
  const format = formatOf(path);
  if (format === 'missing')
    throw new NoStoreError(`There is no store at ${path}. Name it with --store <file>.`);
  if (format === 'other')
    throw new NoStoreError(`${path} is no store that this version of use-durable can open.`);
  if (readOnly) return 'It was started with --read-only.';
  if (format === 'older')
    return 'The file was written by an earlier version of use-durable; to steer runs would migrate it under its workers.';
  try {
    for (const each of [path, dirname(path)]) accessSync(each, constants.W_OK);
    return undefined;
  } catch {
    return 'The file can not be written.';
  }
}

async function serve(
  path: string,
  port: number,
  runtime: Runtime | undefined,
  onlyRead: string | undefined,
): Promise<LocalDashboard> {
  try {
    return await serveDashboard({
      path,
      port,
      by: personAt('durable web'),
      root: process.cwd(),
      ...(runtime !== undefined && { runtime }),
      ...(onlyRead !== undefined && { onlyRead }),
    });
  } catch (error) {
    const { code } = error as { readonly code?: string };
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new NoStoreError(
      `The port ${port} can't be had: ${code === 'EACCES' ? 'it needs rights' : 'it is taken'}.`,
    );
  }
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  win32: 'explorer',
  linux: 'xdg-open',
};

/**
 * Where there is no browser, the address is on the terminal. Other users see the arguments of a process, so what is given to it
 * is a file of this user that leads to the address.
 *
 * @returns takes the file away
 */
function openBrowser(url: string): () => void {
  const opener = OPENERS[process.platform];
  if (opener === undefined) return () => {};
  const folder = mkdtempSync(join(tmpdir(), 'durable-web-'));
  const file = join(folder, 'open.html');
  writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}">`, { mode: 0o600 });
  spawn(opener, [pathToFileURL(file).href], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
  return () => rmSync(folder, { recursive: true, force: true });
}

const endOfProcess = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
