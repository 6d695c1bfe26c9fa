import { setTimeout as wait } from 'node:timers/promises';
import {
  cutOff,
  durationText,
  type FoundRun,
  findRecordedRun,
  type InspectSource,
  type RunView,
  valueIn,
  viewOf,
} from '../../runtime/tools/look.ts';
import { lineWidth, styled, wrap } from '../base/terminal.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { headLine } from '../runs/head-line.ts';
import { NoRunError } from '../runs/no-run.ts';
import { type StoreOptions, storePathOf } from '../runs/open-store.ts';
import { briefValue, decoded, printable, wholeValue } from '../runs/printable.ts';
import { timeText } from '../runs/times.ts';
import { errorLines } from './frame.ts';
import { timelineLines } from './lines.ts';
import { treeOf } from './tree.ts';

export interface ShowOptions extends StoreOptions {
  readonly full?: boolean;
  readonly watch?: boolean;
}

/** Cells of the labels of the head. */
const LABEL = 9;

/** How often a watched run is looked at, ms. */
const LOOK_MS = 500;

/**
 * Prints a run.
 *
 * @returns the exit code
 */
export function show(given: string, options: ShowOptions): Promise<number> {
  return withSource(storePathOf(options.store), async (source) => {
    const id = await findRun(source, given);
    if (options.watch && source.at === undefined) return watch(source, id, options);
    const run = await load(source, id);
    if (options.json) printJson(run, options);
    else for (const line of linesOf(run, options, source.at)) console.log(line);
    return 0;
  });
}

async function load(source: InspectSource, id: string): Promise<FoundRun> {
  const run = await findRecordedRun(source, id);
  if (run === undefined) throw new NoRunError(`The run "${id}" is no longer in ${source.name}.`);
  return run;
}

const viewFor = (run: FoundRun, { full }: ShowOptions): RunView =>
  viewOf(run, full ? { largest: Number.POSITIVE_INFINITY } : {});

/** With `--watch`, one line for each state of the run. */
function printJson(run: FoundRun, options: ShowOptions): void {
  console.log(JSON.stringify(viewFor(run, options), null, options.watch ? undefined : 2));
}

async function watch(source: InspectSource, id: string, options: ShowOptions): Promise<number> {
  let seen = '';
  for (;;) {
    const run = await load(source, id);
    const { status } = run.record;
    const now = `${run.events.length} ${status}`;
    if (now !== seen) redraw(run, options, seen === '');
    seen = now;
    if (status !== 'running' && status !== 'blocked') return 0;
    await wait(LOOK_MS);
  }
}

/** On a terminal in place, as much as fits on it; in a pipe one after the other. */
function redraw(run: FoundRun, options: ShowOptions, isFirst: boolean): void {
  if (options.json) return printJson(run, options);
  const lines = [...linesOf(run, options)].flatMap((line) => line.split('\n'));
  if (!process.stdout.isTTY) {
    if (!isFirst) console.log('');
    for (const line of lines) console.log(line);
    return;
  }
  const rows = process.stdout.rows - 1;
  const shown =
    lines.length <= rows ? lines : [...lines.slice(0, 4), styled('dim', '⋯'), ...lines.slice(5 - rows)];
  process.stdout.write(`\x1b[H\x1b[2J${shown.join('\n')}\n`);
}

/** @param now ms since the epoch */
function* linesOf(run: FoundRun, options: ShowOptions, now: number = Date.now()): Generator<string> {
  const { full = false } = options;
  const view = viewFor(run, options);
  const columns = lineWidth();
  yield* headLines(run, view, full, columns);
  yield '';
  const find = {
    columns,
    full,
    now,
    wholeOf: ({ key }: { readonly key: string }) => valueIn(run.events, { key }),
  };
  yield* timelineLines(treeOf(view.rows, !full), find);
  yield* outcomeLines(run, view, full, columns);
}

function* headLines(run: FoundRun, view: RunView, full: boolean, columns: number): Generator<string> {
  const { record, forks, deadline, cancellation, accepted, code } = view;
  yield headLine(record);
  const field = (label: string, text: string): string => `${styled('dim', label.padEnd(LABEL))} ${text}`;
  const fitting = (label: string, text: string): string =>
    field(
      label,
      text
        .split('\n')
        .map((line) => wrap(line, LABEL + 1, columns))
        .join('\n')
        .trimStart(),
    );
  const lasted = durationText(Math.max((view.outcome?.at ?? record.updatedAt) - record.createdAt, 0));
  const idle = view.idle < 1000 ? '' : `, idle ${durationText(view.idle)}`;
  yield fitting(
    'started',
    `${timeText(record.createdAt)}, ${view.outcome ? 'took' : 'last change after'} ${lasted}${idle}`,
  );
  if (deadline !== undefined) yield fitting('deadline', timeText(deadline));
  for (const { of } of forks) yield fitting('fork of', printable(of));
  if (view.file !== undefined && full) yield fitting('source', printable(view.file));
  if (full)
    for (const [fn, version] of Object.entries(code)) yield fitting('code', printable(`${version} of ${fn}`));
  if (cancellation !== undefined) yield fitting('cancelled', timeText(cancellation.at));
  if (accepted !== undefined) {
    const left = accepted.left === 0 ? '' : `, ${accepted.left} recorded outcomes left`;
    yield fitting('accepted', `the order of ${printable(accepted.version)}, ${timeText(accepted.at)}${left}`);
  }
  if (record.reason !== null) yield fitting('blocked', printable(record.reason));
  const attributes = Object.entries(record.attributes).map(
    ([key, value]) => `${key}=${value instanceof Date ? value.toISOString() : value}`,
  );
  if (attributes.length > 0) yield fitting('found by', printable(attributes.join(', ')));
  const input = valueIn(run.events, 'input') ?? '';
  yield field('input', full ? wholeValue(input) : cutOff(brief(view.input), columns - LABEL - 1));
}

const brief = ({ text, size }: RunView['input']): string =>
  text === undefined ? `${size.toLocaleString('en-US')} characters, shown with --full` : briefValue(text);

function* outcomeLines(
  run: FoundRun,
  { outcome }: RunView,
  full: boolean,
  columns: number,
): Generator<string> {
  if (outcome === undefined) return;
  yield '';
  const value = valueIn(run.events, 'outcome') ?? '';
  if (outcome.ok)
    yield `${styled('green', 'returned')} ${full ? wholeValue(value) : cutOff(brief(outcome.value), columns - LABEL)}`;
  else yield* errorLines(decoded(value));
}
