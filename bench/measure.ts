/** How often something happens in a second: the median of several rounds, after one round to warm up. */
export async function rate(rounds: number, round: () => number | Promise<number>): Promise<number> {
  await round();
  const rates: number[] = [];
  for (let index = 0; index < rounds; index++) rates.push(await once(round));
  return median(rates);
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
  return {
    rate: median(pairs.map((pair) => pair.rate)),
    reference: median(pairs.map((pair) => pair.reference)),
    ratio: median(pairs.map((pair) => pair.rate / pair.reference)),
  };
}

/** A figure from `ratePair`. */
export async function compare(
  work: string,
  aim: string,
  rounds: number,
  round: () => number | Promise<number>,
  reference: { readonly name: string; readonly round: () => number | Promise<number> },
): Promise<Figure> {
  const pair = await ratePair(rounds, round, reference.round);
  return {
    work,
    aim,
    rate: pair.rate,
    reference: { name: reference.name, rate: pair.reference, ratio: pair.ratio },
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param part 0.99 for the value that all but a hundredth are below of */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? 0;
}

async function once(round: () => number | Promise<number>): Promise<number> {
  const start = performance.now();
  const count = await round();
  return (count * 1000) / (performance.now() - start);
}

/** One line of the report: a figure beside its reference from the same run. */
export interface Figure {
  readonly work: string;
  /** Per second, unless there is a unit. */
  readonly rate: number;
  /** What is counted where it is no rate; less of it is better. */
  readonly unit?: 'ms' | 'MB' | 'kB';
  readonly reference?: { readonly name: string; readonly rate: number; readonly ratio?: number } | undefined;
  readonly aim: string;
  /** How much of its aim is reached: 1 is the aim, and more is better. */
  readonly reached?: number;
}

export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ work, rate: measured, unit, reference, aim }) => [
    work,
    formatAmount(measured, unit),
    reference
      ? `${(reference.ratio ?? measured / reference.rate).toFixed(2)} of ${reference.name} (${formatAmount(reference.rate, unit)})`
      : '',
    aim,
  ]);
  const head = ['work', 'measured', 'ratio', 'aim'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formatAmount(amount: number, unit: Figure['unit']): string {
  if (unit === undefined) return `${Math.round(amount).toLocaleString('en')}/s`;
  return `${amount < 100 ? amount.toFixed(1) : Math.round(amount).toLocaleString('en')} ${unit}`;
}
