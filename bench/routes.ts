import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Project } from '../test/support/project.ts';
import { generateProject } from './generated-project.ts';
import { type Figure, median } from './measure.ts';

const FILES = 200;
/** One file of so many is durable. */
const EVERY = 10;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const ENTRY_ROUNDS = 21;

const tool = (path: string): string => fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
const VITE = tool('vite/bin/vite.js');
const VITEST = tool('vitest/vitest.mjs');

/** Prints how many microseconds of processor time the process took, its threads included. */
const REPORT_TIME = `data:text/javascript,process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  console.log('processor time: ' + (user + system));
});`;

/**
 * What the plugin adds to a build and to a start of tests, in processor time and on the clock, and what its import costs a
 * project without durable files. A first build compiles all durable files; the next one finds them compiled.
 */
export async function routeFigures(): Promise<Figure[]> {
  const project = new Project('bench-routes', {
    'package.json': '{ "name": "bench", "type": "module" }',
    'src/main.ts': Array.from(
      { length: FILES },
      (_, index) => `export * as f${index} from './file${index}.ts';\n`,
    ).join(''),
    'src/main.test.ts': `import { expect, it } from 'vitest';\nit('loads', async () => expect(Object.keys(await import('./main.ts')).length).toBe(${FILES}));\n`,
    'with.config.js': configuration(true),
    'without.config.js': configuration(false),
    ...generateProject(FILES, EVERY),
  });
  try {
    return [
      ...builds(project, 'vite build', [VITE, 'build', '--logLevel', 'warn']),
      ...builds(project, 'vitest start', [VITEST, 'run', '--reporter', 'dot']),
      ...entry(project),
    ];
  } finally {
    rmSync(project.folder, { recursive: true, force: true });
  }
}

// Tests in threads, whose processor time is that of the process.
const configuration = (isDurable: boolean): string => `
${isDurable ? `import useDurable from 'use-durable/vite';` : ''}
export default {
  plugins: [${isDurable ? 'useDurable()' : ''}],
  build: { ssr: 'src/main.ts', outDir: 'out', minify: false, rolldownOptions: { external: /^(node:|use-durable)/ } },
  test: { pool: 'threads', testTimeout: 120_000, include: ['src/*.test.ts'] },
};
`;

/** A command for the first time, and once more. */
const builds = (project: Project, name: string, command: readonly string[]): Figure[] => [
  ...pairs(project, `${name}, a tenth durable, nothing kept`, command, 'off'),
  ...pairs(project, `${name}, a tenth durable, not changed since`, command, ''),
];

/** What a run takes, in milliseconds. */
interface Time {
  readonly processor: number;
  readonly clock: number;
}

/** @param cache the environment variable `DURABLE_CACHE` */
function pairs(project: Project, work: string, command: readonly string[], cache: 'off' | ''): Figure[] {
  const run = (config: string): Time => {
    process.env.DURABLE_CACHE = cache;
    const start = performance.now();
    const { status, output } = project.node('--import', REPORT_TIME, ...command, '--config', config);
    const clock = performance.now() - start;
    delete process.env.DURABLE_CACHE;
    const time = /^processor time: (\d+)$/m.exec(output)?.[1];
    if (status !== 0 || time === undefined) throw new Error(output);
    return { processor: Number(time) / 1000, clock };
  };
  const times = { with: [] as Time[], without: [] as Time[] };
  for (let round = 0; round <= ROUNDS; round++) {
    // The first round warms up the disk; after it, each of the two goes first every other time.
    const order = round % 2 === 0 ? (['with', 'without'] as const) : (['without', 'with'] as const);
    for (const config of order) {
      const time = run(`${config}.config.js`);
      if (round > 0) times[config].push(time);
    }
  }
  const figure = (by: keyof Time, second: string, aim: string): Figure => {
    const perSecond = (list: readonly Time[]): number =>
      (FILES * 1000) / median(list.map((time) => time[by]));
    return {
      work: `files a ${second} of ${work}`,
      rate: perSecond(times.with),
      reference: {
        name: 'the same without the plugin',
        rate: perSecond(times.without),
        ratio: median(times.with.map((time, round) => (times.without[round] ?? time)[by] / time[by])),
      },
      aim,
    };
  };
  return [figure('processor', 'processor second', '0.95 (time x 1.05)'), figure('clock', 'second', '')];
}

/** The import of an entry, and its answer to a file without a directive. */
const IMPORT = `
const used = () => { gc(); const { heapUsed, external } = process.memoryUsage(); return heapUsed + external; };
used();
const [before, start] = [used(), performance.now()];
const { default: useDurable } = await import('use-durable/vite');
await useDurable().transform.handler.call({}, 'export const a = 1;', '/a.ts');
const ms = performance.now() - start;
console.log(JSON.stringify([ms, (used() - before) / 1e6]));
`;

function entry(project: Project): Figure[] {
  project.write('entry.mjs', IMPORT);
  const measured = Array.from({ length: ENTRY_ROUNDS }, () => {
    const { status, output } = project.node('--expose-gc', join(project.folder, 'entry.mjs'));
    if (status !== 0) throw new Error(output);
    return JSON.parse(output) as [ms: number, megabytes: number];
  });
  const ms = median(measured.map(([time]) => time));
  const megabytes = median(measured.map(([, memory]) => memory));
  return [
    {
      work: 'import of use-durable/vite without durable files',
      rate: ms,
      unit: 'ms',
      aim: '5 ms',
      reached: 5 / ms,
    },
    { work: 'memory of that import', rate: megabytes, unit: 'MB', aim: '3 MB', reached: 3 / megabytes },
  ];
}
