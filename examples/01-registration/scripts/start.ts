/*
 * Compiles the example and runs a registration: the job API in one process, the worker in another, which is killed
 * once the job has started and started again. With `--no-crash` nothing is killed.
 *
 * REGISTRATION_PAUSE (e.g. 300ms) makes the pauses between two looks at the job shorter than 5 s.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { createRuntime, fileStore, type RunEvent } from 'use-durable';
import { type Demo, demonstrate } from '../../scripts/demo.ts';
import { assertEndedWell, type Child } from '../../scripts/processes.ts';
import { duration } from '../../scripts/ui.ts';
import { Follower } from './follow.ts';
import { timeline } from './timeline.ts';
import { type Counts, verify } from './verify.ts';

const RUN_ID = 'registration-1';
const crash = !process.argv.includes('--no-crash');

async function main(demo: Demo): Promise<void> {
  const { folder, display, processes, temporary, check } = demo;
  const { api, url } = await startJobApi(demo);
  display.line(`Process ${api.pid} is the job API, at ${url}.`);

  const path = join(temporary, 'runs.db');
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  const follower = new Follower(runtime, RUN_ID, display);

  const workers: Child[] = [];
  const output: string[] = [];
  /** The worker's lines, but for the last one, which is the result for programs. */
  const showOutput = (line: string, pid: number): void => {
    output.push(line);
    if (!line.startsWith('{')) display.line(`  ${styleText('dim', `${pid} says`)} ${line}`);
  };
  const startWorker = async (): Promise<Child> => {
    const worker = await processes.start(
      'The worker',
      join(folder, 'dist/worker.js'),
      [path, RUN_ID, JSON.stringify(inputFrom(join(folder, 'event.json')))],
      { JOB_API_URL: url },
      showOutput,
    );
    workers.push(worker);
    display.heading(`Process ${worker.pid} works on the registration`);
    return worker;
  };

  const began = Date.now();
  let worker = await startWorker();
  if (crash) {
    if (!(await follower.until(worker, jobStarted))) {
      assertEndedWell(worker);
      throw new Error(`The worker (process ${worker.pid}) was done before it could be killed.`);
    }
    worker.kill('SIGKILL');
    await worker.exited;
    display.line(styleText('red', `  SIGKILL   process ${worker.pid} is gone, in the middle of the run`));
    worker = await startWorker();
  }
  await follower.until(worker);
  assertEndedWell(worker);

  const events = await follower.events();
  const run = await runtime.get(RUN_ID);
  display.heading(`Timeline (${duration(Date.now() - began)}; workers: ${workers.length})`);
  for (const row of timeline(events, (name) => pidIn(name, workers))) display.line(`  ${row}`);
  display.heading('Result');
  display.line(JSON.stringify(await run?.result(), null, 2));

  display.heading('Promise');
  const counts = (await (await fetch(`${url}/counts`)).json()) as Counts;
  for (const { ok, text } of verify(events, counts, output)) check(ok, text);
  await runtime.close();
  await store.close();
}

const jobStarted = (events: readonly RunEvent[]): boolean =>
  events.some((event) => event.type === 'step' && event.key === 'startJob' && event.ok);

/** A worker's name in the journal has its process id in it. */
function pidIn(name: string, workers: readonly Child[]): string {
  const worker = workers.find(({ pid }) => name.split(':').includes(String(pid)));
  return worker === undefined ? name : String(worker.pid);
}

function inputFrom(path: string): Record<string, unknown> {
  const event = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  const pause = process.env.REGISTRATION_PAUSE;
  return pause === undefined ? event : { ...event, pause };
}

async function startJobApi({
  folder,
  processes,
}: Demo): Promise<{ readonly api: Child; readonly url: string }> {
  let announce!: (line: string) => void;
  const announced = new Promise<string>((resolve) => {
    announce = resolve;
  });
  // Any free port, unless somebody wants a certain one.
  const env = { JOB_API_PORT: process.env.JOB_API_PORT ?? '0' };
  const api = await processes.start('The job API', join(folder, 'dist/job-api.js'), [], env, announce);
  const first = await Promise.race([announced, api.exited]);
  const url = typeof first === 'string' ? /http:\/\/\S+/.exec(first)?.[0] : undefined;
  if (url !== undefined) return { api, url };
  assertEndedWell(api);
  throw new Error('The job API did not say where it listens.');
}

await demonstrate(import.meta.url, main);
