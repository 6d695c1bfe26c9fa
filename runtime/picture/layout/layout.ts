import { type Choice, type Figure, isClosed, isEmpty, type Parallel, type Part } from '../figure.ts';
import { boxPiece, pillPiece } from './boxes.ts';
import { inColumns, inRows, type Way, withBypass, withGuard } from './choices.ts';
import { framed, guardedPiece, withJoin } from './frames.ts';
import { closedUp, EMPTY, moved, type Piece, type Shape, stacked } from './piece.ts';

/** The flow is a tree, so its layout is one walk over it: from the inside out, in the order of the source. */

/** More branches than these, or wider ones, are drawn one below the other. */
const MOST_BRANCHES = 4;
const WIDEST = 900;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const MARGIN = 24;
/** Between the drawing and functions that are drawn for themselves. */
const APART = 32;

export function layoutOf(figure: Figure): Drawing {
  const main = closedUp(pieceOf(figure.body));
  const shapes: Shape[] = moved(main.shapes, MARGIN, MARGIN);
  const panels = figure.panels.map(({ title, body }) =>
    framed(pieceOf(body), { look: 'panel', title, open: false }),
  );
  let [width, height] = [main.width, main.height];
  // Beside a high drawing, and below a wide one.
  const isBelow = main.width > main.height;
  let [x, y] = isBelow ? [0, height + APART] : [width + APART, 0];
  for (const panel of panels) {
    if (isBelow && x > 0 && x + panel.width > Math.max(main.width, WIDEST)) [x, y] = [0, height + APART];
    shapes.push(...moved(panel.shapes, MARGIN + x, MARGIN + y));
    width = Math.max(width, x + panel.width);
    height = Math.max(height, y + panel.height);
    if (isBelow) x += panel.width + APART;
    else y += panel.height + APART;
  }
  return { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(height + 2 * MARGIN), shapes };
}

/** One below the other. */
export function inOneColumn(drawings: readonly Drawing[]): Drawing {
  let height = 0;
  const shapes = drawings.flatMap((drawing) => {
    const placed = moved(drawing.shapes, 0, height);
    height += drawing.height;
    return placed;
  });
  return { width: Math.max(...drawings.map(({ width }) => width)), height, shapes };
}

function pieceOf(part: Part): Piece {
  switch (part.kind) {
    case 'row':
      return stacked(part.parts.map(pieceOf));
    case 'box':
      return boxPiece(part);
    case 'pill':
      return pillPiece(part.title, part.look, !part.ends);
    case 'choice':
      return choicePiece(part);
    case 'loop':
      return framed(pieceOf(part.body), {
        look: 'loop',
        title: part.title,
        open: part.ends,
        back: true,
        badge: part.badge,
      });
    case 'frame':
      return framed(pieceOf(part.body), {
        look: part.look,
        title: part.title,
        open: !isClosed(part),
        badge: part.badge,
      });
    case 'guarded':
      return guardedPiece(pieceOf(part.body), { title: part.caught.title, body: pieceOf(part.caught.body) });
    case 'parallel':
      return parallelPiece(part);
  }
}

function choicePiece({ title, branches, isList }: Choice): Piece {
  const head = pillPiece(title, 'choice', true);
  const ways = branches.map(
    ({ label, body, taken }): Way => ({
      label,
      piece: pieceOf(body),
      isEmpty: isEmpty(body),
      taken,
    }),
  );
  if (isList) return inRows(head, ways);
  const [one, other, more] = ways;
  if (one === undefined || other === undefined || more !== undefined) return inColumns(head, ways);
  if (!one.piece.open && other.piece.open) return withGuard(head, one, other);
  if (!other.piece.open && one.piece.open) return withGuard(head, other, one);
  if (other.isEmpty) return withBypass(head, one, other);
  if (one.isEmpty) return withBypass(head, other, one);
  const columns = inColumns(head, ways);
  return columns.width > WIDEST ? inRows(head, ways) : columns;
}

function parallelPiece({ title, join, branches }: Parallel): Piece {
  const [only, second] = branches;
  if (only !== undefined && second === undefined) return withJoin(pieceOf(only), join);
  const head = pillPiece(title, 'join', true);
  const ways = branches.map((body): Way => {
    const piece = closedUp(pieceOf(body));
    return { label: '', piece: isEmpty(body) ? EMPTY : { ...piece, open: true }, isEmpty: isEmpty(body) };
  });
  const columns = inColumns(head, ways);
  const isWide = branches.length > MOST_BRANCHES || columns.width > WIDEST;
  return withJoin(isWide ? inRows(head, ways) : columns, join);
}
