import type { Box, Frame, Pill } from '../figure.ts';

/** What has been laid out: shapes, with the place where the spine enters and leaves. */

export type Point = readonly [x: number, y: number];

export type Shape =
  | {
      readonly type: 'box';
      readonly at: Point;
      readonly size: Point;
      readonly box: Box;
      readonly text: string;
    }
  | {
      readonly type: 'pill';
      readonly at: Point;
      readonly size: Point;
      readonly look: Pill['look'] | 'choice';
      readonly text: string;
      /** In full, where the text is cut off. */
      readonly full: string;
    }
  | {
      readonly type: 'frame';
      readonly at: Point;
      readonly size: Point;
      readonly look: Frame['look'] | 'loop' | 'try' | 'catch' | 'panel';
    }
  | {
      readonly type: 'text';
      readonly at: Point;
      readonly text: string;
      readonly full: string;
      readonly look: TextLook;
    }
  | { readonly type: 'badge'; readonly at: Point; readonly text: string }
  | {
      readonly type: 'line';
      readonly points: readonly Point[];
      readonly arrow: boolean;
      readonly look: LineLook;
    };

export type LineLook = 'flow' | 'throws' | 'untaken';
/** A `label` stands above a line, in its middle; or `beside` it, at its right. */
export type TextLook = 'title' | 'label' | 'beside' | 'throws';

export interface Piece {
  readonly width: number;
  /** Where the spine leaves; something beside it may reach lower. */
  readonly height: number;
  /** What reaches lower than that, at the right of the spine. */
  readonly hangs?: readonly Hanging[];
  /** Where the spine enters at the top, and leaves at the bottom. */
  readonly axis: number;
  /** Whether it leaves. */
  readonly open: boolean;
  /** It is entered although what is before it leaves: `finally`. */
  readonly always?: true;
  /** What enters goes on inside: no arrow ends at the top. */
  readonly through: boolean;
  readonly shapes: readonly Shape[];
}

/** Something at the side that the spine passes. */
interface Hanging {
  /** Its left edge, from the axis. */
  readonly left: number;
  readonly bottom: number;
}

const NEAR = 16;

export const EMPTY: Piece = { width: 0, height: 0, axis: 0, open: true, through: true, shapes: [] };

const GAP = 24;

export const moved = (shapes: readonly Shape[], dx: number, dy: number): Shape[] =>
  shapes.map((shape): Shape => {
    if (shape.type !== 'line') return { ...shape, at: [shape.at[0] + dx, shape.at[1] + dy] };
    return { ...shape, points: shape.points.map(([x, y]) => [x + dx, y + dy] as const) };
  });

export const line = (points: readonly Point[], arrow = false, look: LineLook = 'flow'): Shape => ({
  type: 'line',
  points,
  arrow,
  look,
});

/** With its spine as long as the lowest thing beside it. */
export function closedUp(piece: Piece): Piece {
  const { hangs = [], ...rest } = piece;
  const low = Math.max(piece.height, ...hangs.map(({ bottom }) => bottom));
  if (low === piece.height) return rest;
  const longer = line([
    [piece.axis, piece.height],
    [piece.axis, low],
  ]);
  return { ...rest, height: low, shapes: piece.open ? [...piece.shapes, longer] : piece.shapes };
}

/** One below the other, their axes in one line. What is narrow goes beside what hangs at the side. */
export function stacked(pieces: readonly Piece[]): Piece {
  if (pieces.length === 0) return EMPTY;
  const axis = Math.max(...pieces.map((piece) => piece.axis));
  const right = Math.max(...pieces.map((piece) => piece.width - piece.axis));
  const shapes: Shape[] = [];
  let hangs: readonly Hanging[] = [];
  let y = 0;
  for (const [index, piece] of pieces.entries()) {
    const before = pieces[index - 1];
    if (before !== undefined) {
      const reach = piece.width - piece.axis + NEAR;
      const top = Math.max(y, ...hangs.filter(({ left }) => left < reach).map(({ bottom }) => bottom)) + GAP;
      if (before.open || piece.always) {
        const points: Point[] = [
          [axis, y],
          [axis, top],
        ];
        shapes.push(line(points, !piece.through));
      }
      y = top;
    }
    shapes.push(...moved(piece.shapes, axis - piece.axis, y));
    const hanging = (piece.hangs ?? []).map(({ left, bottom }) => ({ left, bottom: bottom + y }));
    y += piece.height;
    hangs = [...hangs, ...hanging].filter(({ bottom }) => bottom > y);
  }
  const open = pieces.at(-1)!.open;
  return { width: axis + right, height: y, hangs, axis, open, through: pieces[0]!.through, shapes };
}
