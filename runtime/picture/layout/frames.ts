import { pillPiece } from './boxes.ts';
import { cutOff, widthOfText } from './cells.ts';
import { closedUp, line, moved, type Piece, type Shape, stacked } from './piece.ts';

const HEADER = 34;
const PAD = 18;
/** Room for the line that leads back in a loop. */
const BACK = 30;
const TITLE = 12;
const LONGEST = 46;

type Look = Extract<Shape, { type: 'frame' }>['look'];

interface Options {
  readonly look: Look;
  readonly title: string;
  readonly open: boolean;
  /** A line from the end of what is inside to its beginning. */
  readonly back?: boolean;
  readonly badge?: string | undefined;
}

/** A frame around a piece; what enters it goes on inside. */
export function framed(content: Piece, { look, title: full, open, back = false, badge }: Options): Piece {
  const inner = closedUp(content);
  const header = back ? HEADER + 10 : HEADER;
  const title = cutOff(full, LONGEST);
  const text = widthOfText(title, TITLE);
  const left = back ? BACK + PAD : PAD;
  const axis = left + inner.axis;
  // The title stands beside the line that enters: before it if there is room, else behind it.
  const before = axis - 12 - 14 >= text;
  const right = before ? 0 : axis + 14 + text + 14;
  const width = Math.max(left + inner.width + PAD, right, before ? 14 + text + 26 : 0);
  const bottom = header + inner.height;
  const height = bottom + (back && inner.open ? 32 : 18);
  const many = look === 'many' ? 8 : 0;
  const shapes: Shape[] = [
    { type: 'frame', at: [0, 0], size: [width, height], look },
    { type: 'text', at: [before ? 14 : axis + 14, 21], text: title, full, look: 'title' },
    line(
      [
        [axis, 0],
        [axis, header],
      ],
      !inner.through,
      look === 'catch' ? 'throws' : 'flow',
    ),
    ...moved(inner.shapes, left, header),
    ...(badge === undefined ? [] : [{ type: 'badge', at: [width, 0], text: badge } as const]),
  ];
  if (back && inner.open)
    shapes.push(
      line(
        [
          [axis, bottom],
          [axis, bottom + 16],
          [16, bottom + 16],
          [16, header - 12],
          [axis - 1, header - 12],
        ],
        true,
      ),
    );
  else if (inner.open && open)
    shapes.push(
      line([
        [axis, bottom],
        [axis, height],
      ]),
    );
  const always = look === 'finally' ? ({ always: true } as const) : {};
  return { width: width + many, height: height + many, axis, open, ...always, through: true, shapes };
}

/** A `try` with its `catch` on the right, at the end of a dashed line. */
export function guardedPiece(body: Piece, caught: { readonly title: string; readonly body: Piece }): Piece {
  const first = framed(body, { look: 'try', title: 'try', open: body.open });
  const inside = caught.body.shapes.length === 0 ? pillPiece('goes on', 'join', true) : caught.body;
  const second = framed(inside, { look: 'catch', title: caught.title, open: inside.open });
  const x = first.width + 62;
  const y = 26;
  const axis = first.axis;
  const entry = x + second.axis;
  const shapes: Shape[] = [
    ...first.shapes,
    ...moved(second.shapes, x, y),
    line(
      [
        [first.width, 14],
        [entry, 14],
        [entry, y],
      ],
      false,
      'throws',
    ),
    { type: 'text', at: [first.width + 8, 8], text: 'throws', full: 'throws', look: 'throws' },
  ];
  const low = Math.max(first.height, y + second.height);
  const width = x + second.width;
  if (!second.open) {
    if (first.open && low > first.height)
      shapes.push(
        line([
          [axis, first.height],
          [axis, low],
        ]),
      );
    return { width, height: low, axis, open: first.open, through: true, shapes };
  }
  const merge = low + 14;
  shapes.push(
    line([
      [entry, y + second.height],
      [entry, merge],
      [axis, merge],
    ]),
  );
  if (first.open)
    shapes.push(
      line([
        [axis, first.height],
        [axis, merge],
      ]),
    );
  return { width, height: merge, axis, open: true, through: true, shapes };
}

/** What follows several pieces at the same time. */
export const withJoin = (piece: Piece, join: string): Piece =>
  stacked([piece, pillPiece(join, 'join', true)]);
