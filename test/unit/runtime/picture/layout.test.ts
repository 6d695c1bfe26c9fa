import { describe, expect, it } from 'vitest';
import { figureOf } from '../../../../runtime/picture/figure-of.ts';
import { layoutOf } from '../../../../runtime/picture/layout/layout.ts';
import type { Point, Shape } from '../../../../runtime/picture/layout/piece.ts';
import { fixtures } from '../../../support/fixtures.ts';
import { flowsOf } from '../../../support/flows.ts';
import { sample } from '../../../support/tier.ts';

type Solid = Extract<Shape, { type: 'box' | 'pill' }>;

/** What a reader of a drawing relies on, for every function of the fixtures. */
describe.each(sample(fixtures(), 4))('the layout of $name', (fixture) => {
  const drawings = flowsOf(fixture).map(({ id, flow }) => layoutOf(figureOf(id, flow, { all: true })));

  it('keeps everything on the page', () => {
    for (const { width, height, shapes } of drawings)
      for (const shape of shapes)
        for (const [x, y] of corners(shape)) {
          expect(x).toBeGreaterThanOrEqual(0);
          expect(y).toBeGreaterThanOrEqual(0);
          expect(x, describeShape(shape)).toBeLessThanOrEqual(width);
          expect(y, describeShape(shape)).toBeLessThanOrEqual(height);
        }
  });

  it('lets no box cover another', () => {
    for (const { shapes } of drawings) {
      const solids = shapes.filter(isSolid).sort((a, b) => a.at[1] - b.at[1]);
      for (const [index, one] of solids.entries())
        for (const other of solids.slice(index + 1)) {
          if (other.at[1] >= one.at[1] + one.size[1]) break;
          const apart = other.at[0] >= one.at[0] + one.size[0] || one.at[0] >= other.at[0] + other.size[0];
          expect(apart, `${describeShape(one)} and ${describeShape(other)}`).toBe(true);
        }
    }
  });

  it('leads no line through a box', () => {
    for (const { shapes } of drawings) {
      const solids = shapes.filter(isSolid);
      for (const { points } of shapes.filter((shape) => shape.type === 'line'))
        for (const [index, to] of points.slice(1).entries()) {
          const from = points[index]!;
          for (const solid of solids)
            expect(passes(from, to, solid), `${describeShape(solid)}: ${from} to ${to}`).toBe(false);
        }
    }
  });
});

const isSolid = (shape: Shape): shape is Solid => shape.type === 'box' || shape.type === 'pill';

function corners(shape: Shape): readonly Point[] {
  if (shape.type === 'line') return shape.points;
  if (!('size' in shape)) return [shape.at];
  return [shape.at, [shape.at[0] + shape.size[0], shape.at[1] + shape.size[1]]];
}

/** Whether a horizontal or vertical line is inside of a box, its edges apart. */
function passes([x1, y1]: Point, [x2, y2]: Point, { at: [x, y], size: [width, height] }: Solid): boolean {
  const inside = (low: number, high: number, start: number, length: number): boolean =>
    Math.max(low, start + 0.5) < Math.min(high, start + length - 0.5);
  const within = (value: number, start: number, length: number): boolean =>
    value > start + 0.5 && value < start + length - 0.5;
  if (x1 === x2) return within(x1, x, width) && inside(Math.min(y1, y2), Math.max(y1, y2), y, height);
  return within(y1, y, height) && inside(Math.min(x1, x2), Math.max(x1, x2), x, width);
}

function describeShape(shape: Shape): string {
  return `${shape.type} ${'text' in shape ? shape.text : ''} at ${'at' in shape ? shape.at : shape.points[0]}`;
}
