/** `check --watch`: the report again after each change. */
import { styled } from '../base/terminal.ts';
import { WatchedFolders } from '../base/watched-folders.ts';
import { ProjectCompiler } from '../compile/compile-project.ts';
import { foldersOf } from '../project/files.ts';
import { reportOf } from './report.ts';

/** Editors write a file in several operations, and Git many files at once. */
const PAUSE_MS = 100;

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
