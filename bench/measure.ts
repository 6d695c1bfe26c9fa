/** How often something happens in a second: the median of several rounds, after one round to warm up. */
export async function rate(rounds: number, round: () => number | Promise<number>): Promise<number> {
  await round();
  const rates: number[] = [];
  for (let index = 0; index < rounds; index++) rates.push(await once(round));
  return rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0;
}

/**
 * The rates of two kinds of work that take turns, and the median of their ratios pair by pair: what the machine does
 * beside it falls on both.
 */
export async function ratePair(
  rounds: number,
  work: () => number | Promise<number>,
  reference: () => number | Promise<number>,
): Promise<{ readonly rate: number; readonly reference: number; readonly ratio: number }> {
  const pairs: { readonly rate: number; readonly reference: number }[] = [];
  for (let index = 0; index <= rounds; index++) {
    const pair = { rate: await once(work), reference: await once(reference) };
    // The first pair warms up.
    if (index > 0) pairs.push(pair);
  }
  const middle = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  return {
    rate: middle(pairs.map((pair) => pair.rate)),
    reference: middle(pairs.map((pair) => pair.reference)),
    ratio: middle(pairs.map((pair) => pair.rate / pair.reference)),
  };
}

async function once(round: () => number | Promise<number>): Promise<number> {
  const start = performance.now();
  const count = await round();
  return (count * 1000) / (performance.now() - start);
}

/** One line of the report: a figure beside its reference from the same run. */
export interface Figure {
  readonly work: string;
  /** Per second. */
  readonly rate: number;
  readonly reference?: { readonly name: string; readonly rate: number; readonly ratio?: number } | undefined;
  readonly aim: string;
}

export function formatFigures(figures: readonly Figure[]): string {
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const rows = figures.map(({ work, rate: measured, reference, aim }) => [
    work,
    number(measured),
    reference
      ? `${(reference.ratio ?? measured / reference.rate).toFixed(2)} of ${reference.name} (${number(reference.rate)})`
      : '',
    aim,
  ]);
  const head = ['work', 'per second', 'ratio', 'aim'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
