import { cellsOf, cutOff, durationText, type TimelineRow } from '../../runtime/tools/look.ts';
import { styled } from '../base/terminal.ts';
import { stateMark } from '../runs/marks.ts';
import { briefValue, decoded, errorLine, printable, wholeValue } from '../runs/printable.ts';
import { agoText, clockText, dateText } from '../runs/times.ts';
import type { Entry } from './tree.ts';

export interface LineOptions {
  /** Of the terminal; `Infinity` in a pipe. */
  readonly columns: number;
  readonly full: boolean;
  /** ms since the epoch. */
  readonly now: number;
  /** The whole value of a row that left it out. */
  readonly wholeOf: (row: TimelineRow) => string | undefined;
}

/** Below it, places are left out. */
const ROOMY = 72;
const PLACE = 26;
const LASTED = 9;

/** The timeline of a run, line by line. */
export function* timelineLines(entries: readonly Entry[], options: LineOptions): Generator<string> {
  let day: string | undefined;
  for (const entry of entries) {
    const time = entry.kind === 'row' ? beginOf(entry.row) : undefined;
    if (time !== undefined && dateText(time) !== day) {
      day = dateText(time);
      yield styled('bold', day);
    }
    yield* entryLines(entry, 0, options);
  }
}

const beginOf = ({ startedAt, endedAt }: TimelineRow): number | undefined => startedAt ?? endedAt;

function* entryLines(entry: Entry, depth: number, options: LineOptions): Generator<string> {
  const lead = ' '.repeat(9 + 2 * depth);
  if (entry.kind === 'idle') return yield styled('dim', `${lead}⋯ idle ${durationText(entry.ms)}`);
  if (entry.kind === 'fold') {
    const { first, last, count } = entry;
    return yield styled('dim', cutOff(`${lead}⋯ ${count} more, ${first.key} … ${last.key}`, options.columns));
  }
  const { row, inside } = entry;
  yield headLine(row, depth, options);
  const under = `${lead}  `;
  yield* detailLines(row, under, options);
  for (const inner of inside) yield* entryLines(inner, depth + 1, options);
}

function headLine(row: TimelineRow, depth: number, { columns, now }: LineOptions): string {
  const begin = beginOf(row);
  const time = begin === undefined ? ' '.repeat(8) : clockText(begin);
  const lasted = lastedText(row, now);
  const place = row.place === undefined || columns < ROOMY ? '' : placeText(row);
  const lead = `${styled('dim', time)} ${' '.repeat(2 * depth)}${stateMark(row.state)} `;
  const used = 9 + 2 * depth + 2;
  const right = (place === '' ? 0 : PLACE + 2) + LASTED + 1;
  const [text, count] = titleOf(row);
  if (columns === Number.POSITIVE_INFINITY)
    return `${lead}${text}${count}${[lasted, place]
      .filter((text) => text !== '')
      .map((text) => `  ${text}`)
      .join('')}`;
  const room = Math.max(columns - used - right, 8);
  const shown = cutOff(text, Math.max(room - count.length, 4)) + count;
  const gap = ' '.repeat(Math.max(room - cellsOf(shown), 0));
  const tail = place === '' ? '' : `  ${styled('dim', fitted(place, PLACE))}`;
  return `${lead}${shown}${gap} ${lasted.padStart(LASTED)}${tail}`.trimEnd();
}

/** The end of a path says more than its beginning. */
const fitted = (text: string, cells: number): string =>
  cellsOf(text) <= cells ? text : `…${[...text].slice(1 - cells).join('')}`;

const placeText = ({ place }: TimelineRow): string => printable(`${place!.file}:${place!.line}`);

/** What is called, and which call of it: `charge(card)`, ` [2]`. */
function titleOf(row: TimelineRow): readonly [string, string] {
  const text = printable((row.label ?? row.title).replace(/\s*\n\s*/g, ' '));
  const own = row.key.slice(row.parent === undefined ? 0 : row.parent.length + 1);
  const count = /\[\d+\](?=$|:)/.exec(own)?.[0];
  return [text, count === undefined ? '' : ` ${count}`];
}

function lastedText({ state, startedAt, endedAt, until }: TimelineRow, now: number): string {
  if (state === 'waiting' && until !== undefined) return agoText(until, now);
  if (startedAt === undefined) return '';
  if (endedAt === undefined) return state === 'running' ? durationText(Math.max(now - startedAt, 0)) : '';
  return durationText(endedAt - startedAt);
}

function* detailLines(row: TimelineRow, lead: string, options: LineOptions): Generator<string> {
  const { columns, full } = options;
  const line = (text: string): string => cutOff(`${lead}${text}`, columns);
  if (full) yield styled('dim', line(`key ${printable(row.key)}`));
  if (row.left === true)
    yield styled('yellow', line('recorded before another order was accepted, not asked for since'));
  if (row.name !== undefined && !row.title.includes(row.name)) yield styled('dim', line(printable(row.name)));
  if (row.attempts.length > 1 || (row.attempts.length === 1 && row.state === 'waiting'))
    for (const { number, error, nextAt } of row.attempts) {
      if (error === undefined || (number === row.attempts.at(-1)!.number && row.state === 'failed')) continue;
      const next = nextAt === undefined ? '' : `, next at ${clockText(nextAt)}`;
      const text = error.text === undefined ? `an error of ${error.size} characters` : errorText(error.text);
      yield styled('yellow', line(`attempt ${number}: ${text}${next}`));
    }
  if (row.expired === true) yield styled('red', line('its time was over'));
  if (row.error !== undefined) yield styled('red', line(errorText(options.wholeOf(row) ?? '')));
  else if (row.value !== undefined && row.kind !== 'scope') yield* valueLines(row, lead, options);
}

function* valueLines(
  row: TimelineRow,
  lead: string,
  { columns, full, wholeOf }: LineOptions,
): Generator<string> {
  const { text, size } = row.value!;
  if (full) {
    for (const line of wholeValue(wholeOf(row) ?? '').split('\n')) yield styled('dim', `${lead}${line}`);
    return;
  }
  const shown =
    text === undefined ? `${size.toLocaleString('en-US')} characters, shown with --full` : briefValue(text);
  if (shown !== 'undefined') yield styled('dim', cutOff(`${lead}→ ${shown}`, columns));
}

const errorText = (text: string): string => printable(errorLine(decoded(text))).replace(/\s*\n\s*/g, ' ');
