import { describeThrown, type Runtime, type RuntimeEvent } from '../../runtime/tools.ts';
import { styled } from '../base/terminal.ts';
import { printable } from '../runs/printable.ts';
import { clockText } from '../runs/times.ts';
import { type EventLine, eventLine } from './event-line.ts';

/** What is said of steps begins in this column, if their keys are not longer. */
const KEY_WIDTH = 24;

/**
 * Shows on standard error what one run does, and the runs that it starts: standard output is for its result.
 *
 * @returns a function that ends it
 */
export function showRun(runtime: Runtime, id: string): () => void {
  return runtime.on('*', (event) => {
    const line = eventLine(event);
    const isOwn = event.runId === id;
    if (line === undefined || (line.key !== undefined && !isOwn)) return;
    const about = line.key ?? event.runId;
    print(process.stderr, isOwn && line.key === undefined ? '' : '  ', about, line);
  });
}

export type Detail = 'runs' | 'steps';

/**
 * Shows on standard output what all runs of a runtime do.
 *
 * @param detail whether steps and waits are shown too; failed attempts always are
 * @returns a function that ends it
 */
export function showRuns(runtime: Runtime, detail: Detail): () => void {
  return runtime.on('*', (event) => {
    const line = eventLine(event);
    if (
      line === undefined ||
      (line.key !== undefined && detail === 'runs' && line.style !== 'red' && event.type !== 'attempt-failed')
    )
      return;
    const about = line.key === undefined ? event.runId : `${event.runId} ${line.key}`;
    print(process.stdout, `${clockText(event.at)} `, about, line);
  });
}

/**
 * Prints each event of a runtime as a line of JSON.
 *
 * @returns a function that ends it
 */
export function printEvents(runtime: Runtime): () => void {
  return runtime.on('*', (event) => void process.stdout.write(`${JSON.stringify(plainEvent(event))}\n`));
}

function plainEvent(event: RuntimeEvent): object {
  return 'error' in event && event.error !== undefined
    ? { ...event, error: describeThrown(event.error) }
    : event;
}

function print(
  stream: NodeJS.WriteStream,
  before: string,
  about: string,
  { icon, style, text }: EventLine,
): void {
  const plain = printable(`${before}${icon} ${about.padEnd(KEY_WIDTH)}  ${text}`);
  const room = stream.isTTY ? stream.columns : plain.length;
  const cut = plain.length > room ? `${plain.slice(0, room - 1)}…` : plain;
  const from = before.length;
  const rest = cut.slice(from + icon.length);
  stream.write(`${styled('dim', before, stream)}${styled(style, icon, stream)}${rest}\n`);
}
