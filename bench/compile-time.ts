import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transform } from 'use-durable/transformer';
import { Project, tsconfig } from '../test/support/project.ts';
import { generateProject } from './generated-project.ts';
import { type Figure, median, rate } from './measure.ts';

const FILES = 200;
const ROUNDS = 9;
const TSPC = fileURLToPath(new URL('../node_modules/ts-patch/bin/tspc.js', import.meta.url));

/** Loaded before `tspc`: prints how many microseconds of processor time its process took. */
const REPORT_TIME = `data:text/javascript,process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log('processor time: ' + (user + system));
});`;

/**
 * What compiling costs: `tspc` over a project with the plugin and without it, one after the other on the same sources,
 * and the text emitter alone. Processor time is what is compared: the aims are a few per cent, and the clock on the wall
 * shows what else the machine does.
 */
export async function compileTimeFigures(): Promise<Figure[]> {
  return [
    await compileProject('files a tspc processor second, one of 200 durable', FILES, ''),
    await compileProject('files a tspc processor second, a tenth durable', 10, '0.98 (time x 1.02)'),
    await compileProject('files a tspc processor second, all durable', 1, '0.93 (time x 1.08)'),
    await transformText(),
  ];
}

async function compileProject(work: string, every: number, aim: string): Promise<Figure> {
  const options = { allowImportingTsExtensions: true, rewriteRelativeImportExtensions: true };
  const project = new Project('compile-time', {
    'package.json': '{ "type": "module" }',
    'with.json': tsconfig(options),
    'without.json': tsconfig({ ...options, plugins: [] }),
    ...generateProject(FILES, every),
  });
  const compile = (config: string): number => {
    const { status, output } = project.node('--import', REPORT_TIME, TSPC, '-p', config);
    const time = /^processor time: (\d+)$/m.exec(output)?.[1];
    if (status !== 0 || time === undefined) throw new Error(output);
    return Number(time) / 1000;
  };
  const configs = { with: [] as number[], without: [] as number[] };
  for (let round = 0; round <= ROUNDS; round++) {
    // The first round warms up the disk; after it, each of the two goes first every other time.
    const order = round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const);
    for (const config of order) {
      const ms = compile(`${config}.json`);
      if (round > 0) configs[config].push(ms);
    }
  }
  rmSync(project.folder, { recursive: true, force: true });
  const perSecond = (times: number[]): number => (FILES * 1000) / median(times);
  // Pair by pair, since the machine may be slower for a while.
  const ratio = median(configs.with.map((ms, round) => (configs.without[round] ?? ms) / ms));
  return {
    work,
    rate: perSecond(configs.with),
    reference: { name: 'tspc without the plugin', rate: perSecond(configs.without), ratio },
    aim,
  };
}

async function transformText(): Promise<Figure> {
  const sources = Object.entries(generateProject(FILES, 1));
  const bytes = sources.reduce((sum, [, source]) => sum + Buffer.byteLength(source), 0);
  const measured = await rate(ROUNDS, () => {
    for (const [fileName, source] of sources) transform(source, { fileName });
    return bytes / 1000;
  });
  return { work: 'kB of source, text emitter, all durable', rate: measured, aim: '333 (20 MB a minute)' };
}
