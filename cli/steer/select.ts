import type { InspectSource, RunStatus } from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';
import { ask, isInteractive, plural } from '../base/terminal.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { requireStore } from '../runs/open-store.ts';
import { type QueryOptions, queryOf } from '../runs/query.ts';

/** Options of commands that do something to one run, or to several. */
export interface SelectOptions extends QueryOptions {
  /** A part of the id of a run or of its function. */
  readonly search?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What is done, in words: `Cancel 3 runs?`. */
export interface Deed {
  readonly verb: string;
  /** The status of runs for which it makes sense: of several runs, only those are taken. */
  readonly statuses: readonly RunStatus[];
}

/** Whether any of the options was given that say which runs are meant. */
export const isQuery = ({ status, fn, since, until, attribute, search }: SelectOptions): boolean =>
  [status, fn, since, until, attribute, search].some((option) => option !== undefined);

/** Stands for a run where the options say which ones are meant. */
const BY_OPTIONS = '-';

/** So many runs are fetched at once. */
const PAGE = 1_000;
/** So many ids are shown before the question. */
const SHOWN = 10;

/**
 * The ids of the runs that are meant: the one that is named, or all that the options say, after a yes.
 *
 * Rejects with InputError if it isn't clear which ones are meant, or nobody can be asked; NoRunError, NoStoreError, StoreError.
 *
 * @returns undefined if the answer was no
 */
export async function selectRuns(
  path: string,
  given: string | undefined,
  deed: Deed,
  options: SelectOptions,
): Promise<readonly string[] | undefined> {
  const isOne = given !== undefined && given !== BY_OPTIONS;
  if (isOne && isQuery(options))
    throw new InputError(`Name a run, or say which ones with options; here are both (${given}).`);
  requireStore(path);
  if (isOne) return withSource(path, async (source) => [await findRun(source, given)]);
  if (!isQuery(options))
    throw new InputError(
      'Name a run, or say which ones: --status, --fn, --since, --until, --attribute, --search.',
    );
  const ids = await withSource(path, (source) => idsOf(source, deed, options));
  return ids.length === 0 || (await isAgreed(ids, deed, options)) ? ids : undefined;
}

/** Oldest first: they have waited longest. */
async function idsOf(source: InspectSource, deed: Deed, options: SelectOptions): Promise<readonly string[]> {
  const query = { status: deed.statuses, ...(await queryOf(source, options.search, options, Date.now())) };
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await source.page({ ...query, limit: PAGE, ...(cursor !== undefined && { cursor }) });
    for (const { id } of page.runs) found.push(id);
    cursor = page.next;
  } while (cursor !== undefined);
  return found.reverse();
}

async function isAgreed(
  ids: readonly string[],
  { verb }: Deed,
  { yes = false }: SelectOptions,
): Promise<boolean> {
  if (yes) return true;
  const question = `${verb} ${plural(ids.length, 'run')}`;
  if (!isInteractive()) throw new InputError(`${question}: nobody can be asked here. Add --yes.`);
  for (const id of ids.slice(0, SHOWN)) console.log(`  ${id}`);
  if (ids.length > SHOWN) console.log(`  and ${plural(ids.length - SHOWN, 'other')}`);
  return ask(`${question}?`);
}
