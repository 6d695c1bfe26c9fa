import { cutOff, widthOfText } from './cells.ts';
import { closedUp, type LineLook, line, moved, type Piece, type Shape, stacked } from './piece.ts';

/** Parts of which one is taken, or all at the same time. */

export interface Way {
  readonly label: string;
  readonly piece: Piece;
  readonly isEmpty: boolean;
  readonly taken?: boolean | undefined;
}

const LABEL = 11;
const BETWEEN = 30;
const LONGEST = 26;

const lookOf = ({ taken }: Way): LineLook => (taken === false ? 'untaken' : 'flow');

function label(full: string, x: number, y: number, look: 'label' | 'beside'): Shape[] {
  if (full === '') return [];
  return [{ type: 'text', at: [x, y], text: cutOff(full, LONGEST), full, look }];
}

/** Above a horizontal line, in its middle. */
const labelOn = (text: string, x: number, y: number): Shape[] => label(text, x, y, 'label');

/** At the right of a vertical line. */
const labelBeside = (text: string, x: number, y: number): Shape[] => label(text, x + 7, y, 'beside');

const labelWidth = (label: string): number => widthOfText(cutOff(label, LONGEST), LABEL);

/** One way goes on downwards; the other ends, and stands to the side. */
export function withGuard(head: Piece, side: Way, main: Way): Piece {
  const room = labelWidth(side.label) + 34;
  const [first, second] = side.piece.shapes;
  const isPill = first?.type === 'pill' && second === undefined;
  const middle = head.height / 2;
  const below = main.isEmpty ? undefined : main.piece;
  const { axis } = head;
  const start = head.width;
  const shapes: Shape[] = [...head.shapes];
  const x = start + room;
  const y = isPill ? 0 : head.height + 12;
  const entry = x + side.piece.axis;
  shapes.push(
    ...moved(side.piece.shapes, x, y),
    isPill
      ? line(
          [
            [start, middle],
            [x, middle],
          ],
          true,
          lookOf(side),
        )
      : line(
          [
            [start, middle],
            [entry, middle],
            [entry, y],
          ],
          !side.piece.through,
          lookOf(side),
        ),
    ...labelOn(side.label, start + room / 2 - 4, middle - 8),
  );
  const hangs = [{ left: x - axis, bottom: y + side.piece.height }];
  const alone: Piece = {
    width: x + side.piece.width,
    height: head.height,
    hangs,
    axis,
    open: true,
    through: false,
    shapes,
  };
  if (below === undefined) return alone;
  shapes.push(...labelBeside(main.label, axis, head.height + 14));
  return stacked([alone, below]);
}

/** One way has something in it, the other passes it by. */
export function withBypass(head: Piece, main: Way, other: Way): Piece {
  const body = closedUp(main.piece);
  const axis = Math.max(head.axis, body.axis);
  const right = Math.max(head.width - head.axis, body.width - body.axis);
  const middle = head.height / 2;
  const start = axis + head.width - head.axis;
  const top = head.height + 36;
  const merge = top + body.height + 14;
  const past = Math.max(axis + right + 20, start + labelWidth(other.label) + 26);
  return {
    width: past + 4,
    height: merge,
    axis,
    open: true,
    through: false,
    shapes: [
      ...moved(head.shapes, axis - head.axis, 0),
      ...moved(body.shapes, axis - body.axis, top),
      line(
        [
          [axis, head.height],
          [axis, top],
        ],
        !body.through,
        lookOf(main),
      ),
      ...labelBeside(main.label, axis, head.height + 18),
      line(
        [
          [start, middle],
          [past, middle],
          [past, merge],
          [axis, merge],
        ],
        false,
        lookOf(other),
      ),
      ...labelOn(other.label, start + (past - start) / 2, middle - 8),
      ...(body.open
        ? [
            line(
              [
                [axis, top + body.height],
                [axis, merge],
              ],
              false,
              lookOf(main),
            ),
          ]
        : []),
    ],
  };
}

/** Side by side. */
export function inColumns(head: Piece, ways: readonly Way[]): Piece {
  let x = 0;
  const columns = ways.map((way) => {
    const { axis } = way.piece;
    const width = axis + Math.max(way.piece.width - axis, labelWidth(way.label) + 8);
    const column = { way, left: x, axis: x + axis };
    x += width + BETWEEN;
    return column;
  });
  const first = columns[0]!.axis;
  const last = columns.at(-1)!.axis;
  const middle = (first + last) / 2;
  const shift = Math.max(0, head.axis - middle);
  const axis = middle + shift;
  const bus = head.height + 16;
  const top = bus + (ways.some(({ label }) => label !== '') ? 38 : 22);
  const low = top + Math.max(...ways.map(({ piece }) => piece.height));
  const isOpen = ways.some(({ piece }) => piece.open);
  const merge = low + (isOpen ? 16 : 0);
  const shapes: Shape[] = [...moved(head.shapes, axis - head.axis, 0)];
  // Ways that a run has passed are drawn over the others.
  const ordered = [...columns].sort((a, b) => Number(a.way.taken ?? true) - Number(b.way.taken ?? true));
  for (const { way, axis: column } of ordered) {
    const { piece, isEmpty } = way;
    const at = column + shift;
    const look = lookOf(way);
    const down = isEmpty ? merge : top;
    shapes.push(
      line(
        [
          [axis, head.height],
          [axis, bus],
          [at, bus],
          [at, down],
        ],
        !isEmpty && !piece.through,
        look,
      ),
      ...moved(piece.shapes, at - piece.axis, top),
    );
    if (piece.open)
      shapes.push(
        line(
          [
            [at, isEmpty ? merge : top + piece.height],
            [at, merge],
            [axis, merge],
          ],
          false,
          look,
        ),
      );
    shapes.push(...labelBeside(way.label, at, bus + 20));
  }
  return {
    width: Math.max(x - BETWEEN + shift, axis + head.width - head.axis),
    height: merge,
    axis,
    open: isOpen,
    through: false,
    shapes,
  };
}

/** One below the other, each at a line that comes from a trunk on the left. */
export function inRows(head: Piece, ways: readonly Way[]): Piece {
  const axis = head.axis;
  const room = Math.max(...ways.map(({ label }) => labelWidth(label)), 0) + 40;
  const from = axis + room;
  const right = Math.max(...ways.map(({ piece }) => piece.width), 40) + from + 24;
  const shapes: Shape[] = [...head.shapes];
  let y = head.height + 18;
  let trunk = head.height;
  const ends: number[] = [];
  for (const way of ways) {
    const { piece, isEmpty } = way;
    const middle = y + 10;
    const look = lookOf(way);
    shapes.push(...labelOn(way.label, axis + room / 2, middle - 7));
    trunk = middle;
    if (isEmpty) {
      shapes.push(
        line(
          [
            [axis, middle],
            [right, middle],
          ],
          false,
          look,
        ),
      );
      ends.push(middle);
      y = middle + 26;
      continue;
    }
    const entry = from + piece.axis;
    const top = middle + 16;
    shapes.push(
      line(
        [
          [axis, middle],
          [entry, middle],
          [entry, top],
        ],
        !piece.through,
        look,
      ),
      ...moved(piece.shapes, from, top),
    );
    const bottom = top + piece.height;
    if (piece.open) {
      shapes.push(
        line(
          [
            [entry, bottom],
            [entry, bottom + 12],
            [right, bottom + 12],
          ],
          false,
          look,
        ),
      );
      ends.push(bottom + 12);
    }
    y = bottom + 26;
  }
  shapes.push(
    line([
      [axis, head.height],
      [axis, trunk],
    ]),
  );
  const merge = y + 6;
  if (ends.length > 0)
    shapes.push(
      line([
        [right, ends[0]!],
        [right, merge],
        [axis, merge],
      ]),
    );
  return {
    width: Math.max(right + 4, head.width),
    height: merge,
    axis,
    open: ends.length > 0,
    through: false,
    shapes,
  };
}
