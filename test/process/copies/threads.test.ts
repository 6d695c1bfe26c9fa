import { expect, it } from 'vitest';
import { App, EFFECTS } from './app.ts';

const RUNS = 5;

it('two worker threads on one file work as two workers, and one goes on with what a terminated one has left', () => {
  const app = new App('threads');
  app.install();
  app.write('effects.js', EFFECTS);
  app.compile(
    'work.ts',
    `import { effect } from './effects.js';
async function tick(key: string): Promise<void> {
  effect(key);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
export async function work(name: string): Promise<string> {
  'use durable';
  for (let n = 0; n < 20; n++) await tick(name + '-' + n);
  return name;
}
`,
  );
  app.write(
    'start.js',
    `import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createRuntime, fileStore } from 'use-durable';
const store = fileStore('runs.db');
if (isMainThread) {
  const threads = ['a', 'b'].map((name) => new Worker(new URL(import.meta.url), { workerData: name }));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  await threads[0].terminate();
  let runs;
  do {
    await delay(20);
    runs = store.list();
  } while (runs.some(({ status }) => status === 'running'));
  await threads[1].terminate();
  store.close();
  console.log(JSON.stringify(runs.map(({ id, status }) => id + ' ' + status).sort()));
} else {
  const { work } = await import('./work.js');
  // A service that stays, also when it has no run of its own.
  setInterval(() => {}, 1_000);
  const runtime = createRuntime({ store });
  await runtime.recover();
  for (let n = 0; n < ${RUNS}; n++) await runtime.start(work, [workerData + n], { id: workerData + n });
  // Some steps of each are over, and some are under way.
  await delay(50);
  parentPort.postMessage('started');
}
`,
  );
  const { output, errors, status } = app.run('start.js');
  expect({ errors, status }).toEqual({ errors: '', status: 0 });
  const ids = ['a', 'b'].flatMap((name) => Array.from({ length: RUNS }, (_, n) => `${name}${n} completed`));
  expect(JSON.parse(output)).toEqual(ids);
  const calls = new Map<string, number>();
  for (const key of app.lines('effects.txt')) calls.set(key, (calls.get(key) ?? 0) + 1);
  expect(calls.size).toBe(2 * RUNS * 20);
  // Only the step that was under way in each run of the terminated thread.
  const again = [...calls].filter(([, count]) => count > 1);
  expect(again.every(([key, count]) => key.startsWith('a') && count === 2)).toBe(true);
  expect(new Set(again.map(([key]) => key.split('-')[0])).size).toBe(again.length);
});
