import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import {
  exportedSource,
  fileSource,
  type InspectSource,
  nearest,
  readExport,
} from '../../runtime/tools/look.ts';
import { NoRunError } from './no-run.ts';
import { NoStoreError } from './no-store.ts';

/** Ids that are shown, and ids among which the nearest are looked for. */
const SHOWN = 5;
const POOL = 1_000;

/**
 * Opens the store at a path for reading: beside workers, of an earlier format, a copy, or one run that was exported.
 *
 * @throws NoStoreError if there is none; StoreError, MisuseError if it can't be read
 */
export async function withSource<T>(path: string, use: (source: InspectSource) => Promise<T>): Promise<T> {
  if (!existsSync(path)) throw new NoStoreError(`There is no store at ${path}. Name it with --store <file>.`);
  const source = isJson(path)
    ? exportedSource(path, readExport(path, readFileSync(path, 'utf8')))
    : fileSource(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

/** The file of a store begins otherwise. What can't be read is reported by whoever opens it. */
function isJson(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const first = Buffer.alloc(1);
      return readSync(file, first, 0, 1, 0) === 1 && first.toString() === '{';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/**
 * The id of the run that a person means: an id, or the beginning of one that no other run has.
 *
 * @throws NoRunError if there is none, or several begin so
 */
export async function findRun(source: InspectSource, given: string): Promise<string> {
  if ((await source.record(given)) !== undefined) return given;
  const begins = given === '' ? [] : await source.ids(given, SHOWN + 1);
  const [only, another] = begins;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) {
    const more = begins.length > SHOWN ? ', and others' : '';
    throw new NoRunError(
      `Several runs in ${source.name} begin with "${given}": ${begins.slice(0, SHOWN).join(', ')}${more}. Write more of the id.`,
    );
  }
  const near = await nearestIds(source, given);
  const hint = near.length === 0 ? '' : ` Is it ${near.join(', or ')}?`;
  throw new NoRunError(`There is no run "${given}" in ${source.name}.${hint}`);
}

/** Of the newest runs, and of those that begin alike. */
async function nearestIds(source: InspectSource, given: string): Promise<readonly string[]> {
  const { runs } = await source.page({ limit: POOL });
  const alike = given.length < 3 ? [] : await source.ids(given.slice(0, 3), POOL);
  return nearest(given, [...runs.map(({ id }) => id), ...alike]);
}
