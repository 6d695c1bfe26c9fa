/** How often something happens in a second: the median of several rounds, after one round to warm up. */
export async function rate(rounds: number, round: () => number | Promise<number>): Promise<number> {
  await round();
  const rates: number[] = [];
  for (let index = 0; index < rounds; index++) {
    const start = performance.now();
    const count = await round();
    rates.push((count * 1000) / (performance.now() - start));
  }
  return rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0;
}

/** One line of the report: a figure beside its reference from the same run. */
export interface Figure {
  readonly work: string;
  /** Per second. */
  readonly rate: number;
  readonly reference?: { readonly name: string; readonly rate: number } | undefined;
  readonly aim: string;
}

export function formatFigures(figures: readonly Figure[]): string {
  const number = (value: number): string => Math.round(value).toLocaleString('en');
  const rows = figures.map(({ work, rate: measured, reference, aim }) => [
    work,
    number(measured),
    reference
      ? `${(measured / reference.rate).toFixed(2)} of ${reference.name} (${number(reference.rate)})`
      : '',
    aim,
  ]);
  const head = ['work', 'per second', 'ratio', 'aim'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
