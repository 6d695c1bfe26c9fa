/** Lines of a drawing as paths of SVG: with round corners, and with heads where they arrive. */
import type { Point } from './layout/piece.ts';

const RADIUS = 8;
const HEAD = 8;

const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Undefined for a line without length. */
export function linePath(points: readonly Point[], arrow: boolean): string | undefined {
  const kept = withoutRepeated(points);
  const [first, second] = kept;
  if (first === undefined || second === undefined) return undefined;
  const last = kept.at(-1)!;
  const to = arrow ? towards(last, kept.at(-2)!, HEAD - 1) : last;
  const path = [`M${n(first[0])} ${n(first[1])}`];
  for (let index = 1; index < kept.length - 1; index++) {
    const [from, corner, next] = [kept[index - 1]!, kept[index]!, kept[index + 1]!];
    const radius = Math.min(RADIUS, distance(from, corner) / 2, distance(corner, next) / 2);
    const [start, end] = [towards(corner, from, radius), towards(corner, next, radius)];
    path.push(`L${n(start[0])} ${n(start[1])}Q${n(corner[0])} ${n(corner[1])} ${n(end[0])} ${n(end[1])}`);
  }
  path.push(`L${n(to[0])} ${n(to[1])}`);
  return path.join('');
}

/** The head of a line that has a path. */
export function arrowHeadPath(points: readonly Point[]): string {
  const [from, tip] = withoutRepeated(points).slice(-2) as [Point, Point];
  const base = towards(tip, from, HEAD);
  const [dx, dy] = [(tip[0] - base[0]) / HEAD, (tip[1] - base[1]) / HEAD];
  const corner = (side: number): string => `${n(base[0] - dy * side * 4.5)} ${n(base[1] + dx * side * 4.5)}`;
  return `M${n(tip[0])} ${n(tip[1])}L${corner(1)}L${corner(-1)}Z`;
}

const withoutRepeated = (points: readonly Point[]): readonly Point[] =>
  points.filter((point, index) => index === 0 || distance(point, points[index - 1]!) >= 0.5);

const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** A point at a distance from one on the way to another. */
function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  const part = whole === 0 ? 0 : by / whole;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}
