import type { InspectSource, RunPage, RunRecord, StatusCounts } from '../../runtime/tools/look.ts';
import { cellsOf, cutOff } from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';
import { lineWidth, styled, wrap } from '../base/terminal.ts';
import { withSource } from '../runs/find-run.ts';
import { statusMark } from '../runs/marks.ts';
import { type StoreOptions, storePathOf } from '../runs/open-store.ts';
import { printable } from '../runs/printable.ts';
import { type QueryOptions, queryOf } from '../runs/query.ts';
import { agoText } from '../runs/times.ts';
import { standingText } from './standing-text.ts';

export interface ListOptions extends StoreOptions, QueryOptions {
  readonly limit?: string;
  readonly cursor?: string;
}

/**
 * Prints a page of runs, the newest first.
 *
 * @returns the exit code
 */
export function list(text: string | undefined, options: ListOptions): Promise<number> {
  const path = storePathOf(options.store);
  return withSource(path, async (source) => {
    const now = source.at ?? Date.now();
    const { cursor, limit } = options;
    const query = {
      ...(await queryOf(source, text, options, now)),
      ...(cursor !== undefined && { cursor }),
      ...(limit !== undefined && { limit: limitIn(limit) }),
    };
    const page = await source.page(query);
    const counts = await source.counts();
    if (options.json) {
      console.log(JSON.stringify({ store: path, counts, ...page }, null, 2));
      return 0;
    }
    await print(source, page, counts, now);
    return 0;
  });
}

async function print(
  source: InspectSource,
  { runs, next }: RunPage,
  counts: StatusCounts,
  now: number,
): Promise<void> {
  console.log(countsLine(counts));
  if (runs.length === 0) return;
  console.log('');
  const rows = await Promise.all(runs.map((run) => rowOf(source, run, now)));
  for (const line of linesOf(rows)) console.log(line);
  if (next !== undefined)
    console.log(styled('dim', `\n${wrap(`Older runs: the same command with --cursor ${next}`, 0)}`));
}

/** `1,204 runs: 3 running · 1 blocked` */
function countsLine(counts: StatusCounts): string {
  const all = Object.entries(counts) as [keyof StatusCounts, number][];
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const number = (count: number): string => count.toLocaleString('en-US');
  const shown = all
    .filter(([, count]) => count > 0)
    .map(([status, count]) => statusMark(status, `${number(count)} ${status}`));
  if (total === 0) return 'There are no runs.';
  return `${total === 1 ? '1 run' : `${number(total)} runs`}  ${shown.join('  ')}`;
}

interface Row {
  readonly status: RunRecord['status'];
  readonly id: string;
  readonly fn: string;
  readonly age: string;
  readonly note: string;
}

async function rowOf(source: InspectSource, run: RunRecord, now: number): Promise<Row> {
  const { id, fn, status, createdAt } = run;
  return {
    status,
    id: printable(id),
    fn: printable(fn.slice(fn.lastIndexOf('#') + 1)),
    age: agoText(createdAt, now),
    note: printable(await standingText(source, run, now)),
  };
}

const GAP = '  ';
/** Below it a run takes two lines. */
const NARROW = 72;

function linesOf(rows: readonly Row[]): readonly string[] {
  const columns = lineWidth();
  const widest = (part: (row: Row) => string, most: number): number =>
    Math.min(Math.max(...rows.map((row) => cellsOf(part(row)))), most);
  const age = widest((row) => row.age, 12);
  if (columns < NARROW)
    return rows.flatMap((row) => [
      `${statusMark(row.status)} ${fill(row.id, columns - age - 4)}${GAP}${styled('dim', row.age.padStart(age))}`,
      `  ${styled('dim', cutOff([row.fn, row.note].filter((text) => text !== '').join(' · '), columns - 2))}`,
    ]);
  const id = widest((row) => row.id, Math.max(20, Math.floor(columns * 0.4)));
  const fn = widest((row) => row.fn, Math.max(12, Math.floor(columns * 0.25)));
  const left = columns - 2 - id - fn - age - 3 * GAP.length;
  return rows.map((row) =>
    [
      `${statusMark(row.status)} ${fill(row.id, id)}`,
      fill(row.fn, fn),
      styled('dim', row.age.padStart(age)),
      noteIn(row, left),
    ]
      .join(GAP)
      .trimEnd(),
  );
}

const noteIn = ({ note, status }: Row, width: number): string =>
  note === '' || width < 6 ? '' : styled(status === 'blocked' ? 'magenta' : 'dim', cutOff(note, width));

/** Cut off or filled up to a number of cells. */
function fill(text: string, cells: number): string {
  const cut = cutOff(text, cells);
  return cut + ' '.repeat(Math.max(cells - cellsOf(cut), 0));
}

function limitIn(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1000) return limit;
  throw new InputError(`--limit takes a number from 1 to 1000, not "${text}".`);
}
