import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../measure.ts';
import { drawChart } from '../plot.ts';
import { describeMachine, writeDrawing, writeSection } from '../report.ts';
import type { Answer } from './child.ts';
import type { Contender } from './contender.ts';
import { WORKS } from './works.ts';

/** Modules and what they export; each contender is loaded here for its description, and run in a process of its own. */
const CONTENDERS = [
  ['ours', 'onFile'],
  ['ours', 'inMemory'],
  ['restate', 'onRestate'],
  ['openworkflow', 'onOpenWorkflow'],
  ['workflow', 'onWorkflow'],
  ['dbos', 'onDbos'],
  ['aws', 'onAws'],
] as const;

const ROUNDS = 7;
/** So long each warms up for each work, by rounds that don't count. */
const WARM_UP_MS = 2000;
/** Who has worked for longer than that does each work once. */
const PATIENCE_MS = 20_000;

class Entrant {
  readonly contender: Contender;
  /** Steps a second, by work and round. */
  readonly rates: number[][] = WORKS.map(() => []);
  readonly #process: ReturnType<typeof fork>;
  readonly #failed: Promise<never>;
  #spent = 0;

  static async enter(module: string, name: string, folder: string): Promise<Entrant | undefined> {
    const url = new URL(`contenders/${module}.ts`, import.meta.url).href;
    const { [name]: contender } = (await import(url)) as Record<string, Contender>;
    mkdirSync(folder);
    const entrant = new Entrant(contender!, [url, name, folder]);
    const { type } = await entrant.#answer();
    if (type === 'ready') return entrant;
    await entrant.close();
    return undefined;
  }

  constructor(contender: Contender, args: readonly string[]) {
    this.contender = contender;
    this.#process = fork(fileURLToPath(new URL('child.ts', import.meta.url)), args, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#failed = once(this.#process, 'exit').then(([code]) => {
      throw new Error(`${contender.name} ended with ${code}.`);
    });
    this.#failed.catch(() => {});
  }

  async warmUp(work: number): Promise<void> {
    const end = this.#spent + WARM_UP_MS;
    do await this.round(work);
    while (this.#spent < end);
    if (this.#spent < PATIENCE_MS) this.rates[work]!.length = 0;
  }

  async round(work: number): Promise<void> {
    const rates = this.rates[work]!;
    if (this.#spent >= PATIENCE_MS && rates.length > 0) return;
    this.#process.send({ work });
    const answer = await this.#answer();
    if (answer.type !== 'done') throw new Error(`${this.contender.name} answered ${answer.type}.`);
    const { runs, steps } = WORKS[work]!;
    this.#spent += answer.ms;
    rates.push((runs * steps * 1000) / answer.ms);
  }

  async close(): Promise<void> {
    this.#process.send('close');
    await once(this.#process, 'exit');
  }

  async #answer(): Promise<Answer> {
    const [answer] = (await Promise.race([once(this.#process, 'message'), this.#failed])) as [Answer];
    return answer;
  }
}

const root = mkdtempSync(join(tmpdir(), 'use-durable-peers-'));
// A server of one of them runs as another user.
chmodSync(root, 0o755);
const entrants: Entrant[] = [];
const absent: string[] = [];
try {
  for (const [module, name] of CONTENDERS) {
    const entrant = await Entrant.enter(module, name, join(root, name));
    if (entrant === undefined) absent.push(name);
    else entrants.push(entrant);
  }
  for (const work of WORKS.keys()) {
    for (const entrant of entrants) await entrant.warmUp(work);
    // In turns: what else the machine does falls on all of them.
    for (let round = 0; round < ROUNDS; round++) for (const entrant of entrants) await entrant.round(work);
  }
} finally {
  await Promise.allSettled(entrants.map((entrant) => entrant.close()));
  rmSync(root, { recursive: true, force: true });
}

report();

function report(): void {
  const [ours] = entrants;
  const rows = entrants.map(({ contender: { name, packages, durability }, rates }) => {
    const cells = WORKS.map((_, work) => {
      const rate = median(rates[work]!);
      const ratio = median(ours!.rates[work]!) / rate;
      return [Math.round(rate).toLocaleString('en'), ratio.toFixed(ratio < 10 ? 1 : 0)];
    });
    return [[name, ...packages.map(version)].join(', '), ...cells.flat(), durability];
  });
  const head = [
    'engine',
    ...WORKS.flatMap(({ name }) => [`${name}: steps a second`, 'ours is x times']),
    'durable by',
  ];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const missing = absent.length === 0 ? '' : `\n\nNot on this machine: ${absent.join(', ')}.`;
  const text = `${describeMachine()}.\n\n${table}${missing}`;
  console.log(text);
  if (!process.argv.includes('--write')) return;
  writeSection('peers', `Measured on ${text}`);
  const [, together] = WORKS;
  writeDrawing(
    'peers',
    drawChart({
      title: `${together.name}: steps a second`,
      bars: entrants.map(({ contender: { name }, rates }) => {
        const value = median(rates[1]!);
        return { name, value, text: Math.round(value).toLocaleString('en') };
      }),
      ticks: [10, 100, 1000, 10_000, 100_000].map((value) => ({ value, text: value.toLocaleString('en') })),
    }),
  );
}

function version(name: string): string {
  const path = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${(JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version}`;
}
