import { existsSync } from 'node:fs';
import { fileSource, type InspectSource, nearest } from '../../runtime/tools/look.ts';
import { NoRunError } from './no-run.ts';
import { NoStoreError } from './no-store.ts';

/** Ids that are shown, and ids among which the nearest are looked for. */
const SHOWN = 5;
const POOL = 1_000;

/**
 * Opens the store at a path for reading: beside workers, of an earlier format, a copy.
 *
 * @throws NoStoreError if there is none; StoreError if it can't be read
 */
export async function withSource<T>(path: string, use: (source: InspectSource) => Promise<T>): Promise<T> {
  if (!existsSync(path)) throw new NoStoreError(`There is no store at ${path}. Name it with --store <file>.`);
  const source = fileSource(path);
  try {
    return await use(source);
  } finally {
    await source.close();
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
