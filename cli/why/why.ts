import {
  commandOf,
  cutOff,
  type Facts,
  type FoundRun,
  factsOf,
  findRecordedRun,
  type Reason,
  type Way,
  whyOf,
} from '../../runtime/tools/look.ts';
import { lineWidth, styled, wrap } from '../base/terminal.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { headLine } from '../runs/head-line.ts';
import { KIND_ICONS } from '../runs/marks.ts';
import { NoRunError } from '../runs/no-run.ts';
import { type StoreOptions, storePathOf } from '../runs/open-store.ts';
import { decoded, errorLine, printable } from '../runs/printable.ts';
import { sourceLine } from '../runs/source-line.ts';
import { agoText, timeText } from '../runs/times.ts';

/** Cells of the labels. */
const LABEL = 8;

/**
 * Prints what a run waits for.
 *
 * @returns the exit code
 */
export function why(given: string, { store, json = false }: StoreOptions): Promise<number> {
  return withSource(storePathOf(store), async (source) => {
    const id = await findRun(source, given);
    const run = await findRecordedRun(source, id);
    if (run === undefined) throw new NoRunError(`The run "${id}" is no longer in ${source.name}.`);
    const facts = await factsOf(source, run, source.at ?? Date.now());
    const reasons = whyOf(run, facts);
    if (json)
      console.log(
        JSON.stringify({ id, status: run.record.status, reasons: reasons.map(withCommands) }, null, 2),
      );
    else print(run, facts, reasons);
    return 0;
  });
}

const withCommands = (reason: Reason): object => ({
  ...reason,
  ways: reason.ways.map((way) => ({ ...way, ...(way.action && { command: commandOf(way.action) }) })),
});

function print({ record }: FoundRun, facts: Facts, reasons: readonly Reason[]): void {
  console.log(headLine(record));
  const { owner } = facts.standing ?? {};
  if (owner !== undefined && 'leaseUntil' in owner && owner.state === 'alive')
    console.log(
      styled(
        'dim',
        `driven by ${printable(owner.worker)} (process ${owner.pid} on ${printable(owner.host)})`,
      ),
    );
  for (const reason of reasons) {
    console.log('');
    for (const line of reasonLines(reason, facts.now)) console.log(line);
  }
  if (reasons.length === 0)
    console.log(
      wrap(
        '\nThe journal has no open wait, and the store knows no flow of its code that could say where it is.',
        0,
      ),
    );
}

function* reasonLines(reason: Reason, now: number): Generator<string> {
  const { kind, text, title, place, since, until, attempts, error, byCode } = reason;
  const [first = '', ...rest] = printable(text).split('\n');
  const head = wrap(first, 2).trimStart();
  yield `${styled(kind === 'blocked' ? 'magenta' : 'yellow', KIND_ICONS[kind])} ${styled('bold', head)}`;
  for (const line of rest) yield `  ${line}`;
  const field = (label: string, value: string): string => `  ${styled('dim', label.padEnd(LABEL))} ${value}`;
  if (place !== undefined) {
    const line = sourceLine(place) ?? title ?? '';
    yield field('at', styled('cyan', printable(`${place.file}:${place.line}:${place.column}`)));
    if (line !== '') yield field('', cutOff(printable(line), lineWidth() - LABEL - 3));
  } else if (reason.key !== undefined) yield field('at', printable(reason.key));
  if (byCode === true) yield field('', styled('dim', 'by the code: the journal has no beginning of it'));
  if (attempts !== undefined)
    yield field(
      'failed',
      `${attempts === 1 ? 'once' : `${attempts} times`}${error === undefined ? '' : `: ${printable(errorLine(decoded(error)))}`}`,
    );
  else if (error !== undefined) yield field('error', styled('red', printable(errorLine(decoded(error)))));
  if (since !== undefined) yield field('since', `${timeText(since)} (${agoText(since, now)})`);
  if (until !== undefined) yield field('until', `${timeText(until)} (${agoText(until, now)})`);
  for (const [index, way] of reason.ways.entries())
    yield* wayLines(index === 0 ? 'ends by' : 'or', way, field);
}

function* wayLines(
  label: string,
  { text, action }: Way,
  field: (label: string, value: string) => string,
): Generator<string> {
  yield field(label, text);
  if (action !== undefined) yield field('', styled('green', `npx ${printable(commandOf(action))}`));
}
