import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Figure } from './measure.ts';
import { drawChart } from './plot.ts';

const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

/** The machine and what else has a part in the figures. */
export function describeMachine(...packages: string[]): string {
  const [cpu] = cpus();
  const versions = packages.map((name) => `${name} ${installed(name)}`);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return [
    `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown processor'}, ${memory}`,
    `Node ${process.version.slice(1)}`,
    `SQLite ${process.versions.sqlite}`,
    ...versions,
  ].join(', ');
}

function installed(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;
}

/**
 * Puts a text into the place on the page that is marked for it.
 *
 * @throws Error if there is no such place
 */
export function writeSection(name: string, text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [start, end] = [`<!-- bench:${name} -->\n`, `<!-- /bench:${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md has no place for "${name}".`);
  writeFileSync(PAGE, `${page.slice(0, from + start.length)}\n${text}\n\n${page.slice(to)}`);
}

/** Draws how much of its aim each figure reaches. */
export function writeAimsChart(figures: readonly Figure[]): void {
  const bars = figures.flatMap(({ work, reached }) =>
    reached === undefined ? [] : [{ name: work, value: reached, text: `${reached.toFixed(2)} of its aim` }],
  );
  const ticks = [1 / 4, 1 / 2, 1, 2, 4, 8, 16].map((value) => ({
    value,
    text: value === 1 ? 'aim' : value < 1 ? `1/${1 / value}` : `x ${value}`,
  }));
  const title = 'How far each aim is reached (right of the line is better)';
  writeDrawing('benchmarks', drawChart({ title, bars, ticks, base: 1 }));
}

/** Puts a drawing into `docs/`. */
export function writeDrawing(name: string, svg: string): void {
  writeFileSync(new URL(`../docs/${name}.svg`, import.meta.url), svg);
}
