/** Commands that go on: once now, and again after each change of a project. */
import { WatchedFolders } from '../base/watched-folders.ts';
import { foldersOf } from './files.ts';

/** Editors write a file in several operations, and Git many files at once. */
const PAUSE_MS = 100;

export interface Repeated {
  /** @param isCheck whether nothing has changed: folders that the last run has read were not watched yet */
  run(isCheck: boolean): void;
  /** Those that the last run has read elsewhere. */
  folders(): readonly string[];
}

/** Never ends by itself. What tools write into folders with the usual names is no change. */
export function watchProject(folder: string, { run, folders: elsewhere }: Repeated): Promise<never> {
  let timer: NodeJS.Timeout | undefined;
  const folders = new WatchedFolders(() => {
    clearTimeout(timer);
    timer = setTimeout(() => again(false), PAUSE_MS);
  });
  const again = (isCheck: boolean): void => {
    // Before the files are read: so no change is missed.
    folders.set([...below(folder), ...elsewhere()]);
    run(isCheck);
    // Only the command knows what it has read elsewhere.
    if (!isCheck && folders.lacks(elsewhere())) again(true);
  };
  again(false);
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
