import type { Box, Pill } from '../figure.ts';
import { cutOff, widthOfText } from './cells.ts';
import type { Piece } from './piece.ts';

const FONT = 13;
const SMALL = 11;

const LONGEST = 42;
const LONGEST_PILL = 40;
const PILL = 28;

export function boxPiece(box: Box): Piece {
  const text = `${box.icon} ${cutOff(box.title, LONGEST)}`;
  const note = box.note === undefined ? '' : cutOff(box.note, LONGEST + 4);
  const width = Math.max(widthOfText(text, FONT), widthOfText(note, SMALL)) + 32;
  const height = note === '' ? 36 : 46;
  return {
    width,
    height,
    axis: width / 2,
    open: true,
    through: false,
    shapes: [
      { type: 'box', at: [0, 0], size: [width, height], box: { ...box, ...(note !== '' && { note }) }, text },
      ...(box.badge === undefined ? [] : [{ type: 'badge', at: [width, 0], text: box.badge } as const]),
    ],
  };
}

export function pillPiece(full: string, look: Pill['look'] | 'choice', open: boolean): Piece {
  const text = cutOff(full, LONGEST_PILL);
  const width = widthOfText(text, 12) + 30;
  return {
    width,
    height: PILL,
    axis: width / 2,
    open,
    through: false,
    shapes: [{ type: 'pill', at: [0, 0], size: [width, PILL], look, text, full }],
  };
}
