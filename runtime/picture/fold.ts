import { type Box, type Figure, isClosed, type Part } from './figure.ts';

/** A figure in which what is nested deeper is one box that says how much it is. */
export const foldedFigure = (figure: Figure, depth: number): Figure => ({
  ...figure,
  body: folded(figure.body, depth),
  panels: figure.panels.map((panel) => ({ ...panel, body: folded(panel.body, depth) })),
});

function folded(part: Part, depth: number): Part {
  switch (part.kind) {
    case 'row':
      return { ...part, parts: part.parts.map((one) => folded(one, depth)) };
    case 'choice':
      return { ...part, branches: part.branches.map((one) => ({ ...one, body: folded(one.body, depth) })) };
    case 'loop':
    case 'frame':
      return { ...part, body: within(part.body, depth) };
    case 'guarded':
      return {
        ...part,
        body: within(part.body, depth),
        caught: { ...part.caught, body: within(part.caught.body, depth) },
      };
    case 'parallel':
      return { ...part, branches: part.branches.map((one) => folded(one, depth)) };
    default:
      return part;
  }
}

function within(part: Part, depth: number): Part {
  if (depth > 1) return folded(part, depth - 1);
  const boxes = boxesIn(part);
  if (boxes.length < 2) return part;
  const [first] = boxes;
  const box: Box = {
    kind: 'box',
    key: first!.key,
    icon: '⋯',
    title: `${boxes.length} steps`,
    tone: boxes.find(({ tone }) => tone !== 'plain' && tone !== 'done')?.tone ?? 'plain',
  };
  if (!isClosed(part)) return box;
  return { kind: 'row', parts: [box, { kind: 'pill', title: 'ends', look: 'leave', ends: true }] };
}

function boxesIn(part: Part): readonly Box[] {
  switch (part.kind) {
    case 'box':
      return [part];
    case 'row':
      return part.parts.flatMap(boxesIn);
    case 'choice':
      return part.branches.flatMap(({ body }) => boxesIn(body));
    case 'loop':
    case 'frame':
      return boxesIn(part.body);
    case 'guarded':
      return [...boxesIn(part.body), ...boxesIn(part.caught.body)];
    case 'parallel':
      return part.branches.flatMap(boxesIn);
    default:
      return [];
  }
}
