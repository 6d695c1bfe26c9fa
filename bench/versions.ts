/**
 * `npm run bench:versions -- FOLDER`: this version beside another one, of which FOLDER has the build (`dist/`) and what it
 * depends on. Each measurement has a process of its own; the versions take turns, and each goes first as often as the other.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.ts';
import { describeMachine } from './report.ts';

/** In ms. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
}

const ROUNDS = 7;
const KINDS = [
  { kind: 'memory', name: 'sequential steps, memory store', count: 400_000 },
  { kind: 'file', name: 'sequential steps, file store', count: 12_000 },
  { kind: 'at once', name: '10,000 steps at once, memory store', count: 400_000 },
  { kind: 'compile', name: 'compiling the programs of the benchmark', count: 200 },
] as const;

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error('Name the folder of the other version: npm run bench:versions -- FOLDER');
const own = fileURLToPath(new URL('../dist', import.meta.url));
const other = join(resolve(folder), 'dist');
const child = fileURLToPath(new URL('versions-child.ts', import.meta.url));

function measure(dist: string, kind: string, count: number): Measured {
  const output = execFileSync(process.execPath, [child, dist, kind, String(count)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output) as Measured;
}

console.log(`${describeMachine()}. Rates of this version, divided by those of the other.\n`);
console.log('| work | this version | wall time | processor time |\n| --- | --- | --- | --- |');
for (const { kind, name, count } of KINDS) {
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const turns: (readonly [string, Measured[]])[] = [
      [own, ours],
      [other, theirs],
    ];
    if (round % 2 === 1) turns.reverse();
    for (const [dist, list] of turns) list.push(measure(dist, kind, count));
  }
  const ratio = (of: keyof Measured): string =>
    (median(theirs.map((one) => one[of])) / median(ours.map((one) => one[of]))).toFixed(2);
  const rate = Math.round((count * 1000) / median(ours.map(({ wall }) => wall)));
  console.log(`| ${name} | ${rate.toLocaleString('en')}/s | ${ratio('wall')} | ${ratio('cpu')} |`);
}
