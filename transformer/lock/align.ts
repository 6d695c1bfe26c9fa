/** Two lists put side by side: the pairs of indexes whose elements belong together, in the order of both lists. */
export type Pairs = readonly (readonly [old: number, now: number])[];

/** More comparisons than this take too long. */
const MOST = 4_000_000;

/**
 * The pairs with the highest sum of scores that cross nowhere. Of lists that are too long to compare, only the equal ends are
 * paired.
 *
 * @param score of a pair: 0 where the two don't belong together, 3 at most
 */
export function align(
  oldLength: number,
  nowLength: number,
  score: (old: number, now: number) => number,
): Pairs {
  let start = 0;
  const shorter = Math.min(oldLength, nowLength);
  while (start < shorter && score(start, start) === 3) start++;
  let tail = 0;
  while (tail < shorter - start && score(oldLength - 1 - tail, nowLength - 1 - tail) === 3) tail++;
  const head = Array.from({ length: start }, (_, at) => [at, at] as const);
  const rows = oldLength - start - tail;
  const columns = nowLength - start - tail;
  const middle = rows * columns > MOST ? [] : best(rows, columns, (o, n) => score(start + o, start + n));
  return [
    ...head,
    ...middle.map(([old, now]) => [start + old, start + now] as const),
    ...Array.from({ length: tail }, (_, at) => [oldLength - tail + at, nowLength - tail + at] as const),
  ];
}

function best(rows: number, columns: number, score: (old: number, now: number) => number): Pairs {
  if (rows === 0 || columns === 0) return [];
  const width = columns + 1;
  // The best sum of the rest of both lists.
  const sums = new Int32Array((rows + 1) * width);
  const at = (row: number, column: number): number => sums[row * width + column]!;
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--) {
      const points = score(row, column);
      const paired = points === 0 ? 0 : points + at(row + 1, column + 1);
      sums[row * width + column] = Math.max(paired, at(row + 1, column), at(row, column + 1));
    }
  const pairs: (readonly [number, number])[] = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const points = score(row, column);
    const sum = at(row, column);
    if (points > 0 && sum === points + at(row + 1, column + 1)) pairs.push([row++, column++]);
    else if (sum === at(row + 1, column)) row++;
    else column++;
  }
  return pairs;
}
