/** `check --watch`: the report again after each change. */
import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { styled } from '../base/terminal.ts';
import { ProjectCompiler } from '../compile/compile-project.ts';
import { foldersOf } from '../project/files.ts';
import { reportOf } from './report.ts';

/** Editors write a file in several operations, and Git many files at once. */
const PAUSE_MS = 100;
/** Programs write other files beside sources: databases, logs. A name without an extension may be a folder. */
const CONCERNS = /(\.([cm]?[jt]sx?|json)|(^|[\\/])[^.]+)$/i;

/**
 * Never ends by itself.
 *
 * @throws TypeScriptMissingError if no TypeScript is there that it can use
 */
export function watchProject(folder: string, json: boolean): Promise<never> {
  const compiler = new ProjectCompiler({ root: folder });
  let timer: NodeJS.Timeout | undefined;
  const folders = new WatchedFolders(() => {
    clearTimeout(timer);
    timer = setTimeout(() => again(), PAUSE_MS);
  });
  const again = (last?: string): void => {
    // Before the files are read: so no change is missed.
    folders.set([...below(folder), ...compiler.folders()]);
    const text = attempt(compiler, json);
    if (text !== last) show(text, json);
    // Only the compiler knows what it has read elsewhere.
    if (last === undefined && folders.lacks(compiler.folders())) again(text);
  };
  again();
  return new Promise(() => undefined);
}

function below(folder: string): readonly string[] {
  try {
    return foldersOf(folder);
  } catch {
    // One of them has gone meanwhile.
    return [folder];
  }
}

function attempt(compiler: ProjectCompiler, json: boolean): string {
  try {
    const report = reportOf(compiler.compile());
    return json ? JSON.stringify(report.json) : report.text;
  } catch (error) {
    // A file may go while it is read. The next change leads to another attempt.
    const { message } = error as Error;
    return json ? JSON.stringify({ failed: message }) : `${styled('red', 'error')}: ${message}`;
  }
}

function show(text: string, json: boolean): void {
  if (json) {
    console.log(text);
    return;
  }
  if (process.stdout.isTTY) console.clear();
  console.log(`${text}\n\nWaiting for changes. Ctrl+C ends it.\n`);
}

/** Folders without those in them, which are watched on their own: so what is installed costs nothing. */
class WatchedFolders {
  private readonly onChange: () => void;
  private readonly watchers = new Map<string, FSWatcher>();

  constructor(onChange: () => void) {
    this.onChange = onChange;
  }

  set(folders: readonly string[]): void {
    const wanted = new Set(folders);
    for (const folder of this.watchers.keys()) if (!wanted.has(folder)) this.close(folder);
    for (const folder of wanted) if (!this.watchers.has(folder)) this.open(folder);
  }

  lacks(folders: readonly string[]): boolean {
    return folders.some((folder) => !this.watchers.has(folder));
  }

  private open(folder: string): void {
    try {
      const watcher = watch(folder, (event, name) => {
        // A folder that is made again after it was removed needs a new watcher.
        if (event === 'rename' && name === basename(folder)) this.close(folder);
        if (name === null || CONCERNS.test(name)) this.onChange();
      });
      watcher.on('error', () => {
        this.close(folder);
        this.onChange();
      });
      this.watchers.set(folder, watcher);
    } catch {
      // It has gone meanwhile. The folder above tells when it comes back.
    }
  }

  private close(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }
}
