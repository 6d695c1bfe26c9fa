import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { burstFigures } from './bursts.ts';
import { compileTimeFigures } from './compile-time.ts';
import { loadFigures } from './load.ts';
import { type Figure, formatFigures } from './measure.ts';
import { replayFigures } from './replay.ts';
import { describeMachine, writeAimsChart, writeSection } from './report.ts';
import { routeFigures } from './routes.ts';
import { sizeFigures } from './size.ts';
import { sleeperFigures } from './sleepers.ts';
import { stepFigures } from './steps.ts';
import { waitFigures } from './waits.ts';

/**
 * `npm run bench`: every figure beside its reference, measured in the same run on the same disk, round by round in turns.
 *
 * - `--write` puts the tables and the drawing into `docs/`;
 * - `--only steps,load` measures just these parts, and writes only tables that are whole.
 */
const PARTS: Readonly<Record<string, (folder: string) => Promise<Figure[]>>> = {
  steps: stepFigures,
  load: loadFigures,
  replay: replayFigures,
  waits: waitFigures,
  bursts: burstFigures,
  sleepers: sleeperFigures,
  size: sizeFigures,
  compile: compileTimeFigures,
  routes: routeFigures,
};

const TABLES = {
  runtime: {
    parts: ['steps', 'load', 'replay', 'waits', 'bursts', 'sleepers', 'size'],
    packages: ['devalue', 'esbuild'],
  },
  compile: { parts: ['compile'], packages: ['typescript', 'ts-patch'] },
  routes: { parts: ['routes'], packages: ['vite', 'vitest'] },
} as const;

const { values } = parseArgs({ options: { write: { type: 'boolean' }, only: { type: 'string' } } });
const wanted = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = wanted.filter((part) => PARTS[part] === undefined);
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}; there is ${Object.keys(PARTS).join(', ')}.`);

const folder = mkdtempSync(join(tmpdir(), 'use-durable-bench-'));
const measured = new Map<string, readonly Figure[]>();
try {
  for (const part of wanted) {
    const start = performance.now();
    measured.set(part, (await PARTS[part]?.(folder)) ?? []);
    console.error(`${part}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

for (const [name, { parts, packages }] of Object.entries(TABLES)) {
  const figures = parts.flatMap((part) => measured.get(part) ?? []);
  if (figures.length === 0) continue;
  const text = `${describeMachine(...packages)}.\n\n${formatFigures(figures)}`;
  console.log(`${text}\n`);
  if (values.write !== true || !parts.every((part) => measured.has(part))) continue;
  writeSection(name, `Measured on ${text}`);
  if (name === 'runtime') writeAimsChart(figures);
}
