import { cellsOf, cutOff, type RunRecord } from '../../runtime/tools/look.ts';
import { lineWidth, styled } from '../base/terminal.ts';
import { statusMark } from './marks.ts';
import { printable } from './printable.ts';

/** Which run it is, what it executes and how it stands: on one line, or on two of a narrow terminal. */
export function headLine({ id, fn, status }: RunRecord): string {
  const width = lineWidth();
  const shown = printable(id);
  const name = printable(fn.slice(fn.lastIndexOf('#') + 1));
  const isNarrow = cellsOf(`${shown}  ${name}  ● ${status}`) > width;
  return `${styled('bold', cutOff(shown, width))}${isNarrow ? '\n' : '  '}${name}  ${statusMark(status, status)}`;
}
