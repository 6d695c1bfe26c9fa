/** Processes of one app that share a file, in the ways in which Node lets processes belong together, and apart. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { App, EFFECTS } from './app.ts';

const RUNS = 10;
const STEPS = 20;
const HOUR_MS = 3_600_000;

const WORK = `import { setTimeout as delay } from 'node:timers/promises';
import { sleep } from 'use-durable';
import { effect } from './effects.js';
async function tick(what: string): Promise<void> { effect(what); await delay(15); }
export async function work(name: string): Promise<string> {
  'use durable';
  for (let n = 0; n < ${STEPS}; n++) {
    await tick(name + ' ' + n);
    if (n % 5 === 0) await sleep(20);
  }
  return name;
}
`;

function appOf(name: string, files: Readonly<Record<string, string>>): App {
  const app = new App(name);
  app.install();
  app.write('effects.js', EFFECTS);
  app.compile('work.ts', WORK);
  for (const [file, source] of Object.entries(files)) app.write(file, source);
  return app;
}

const namesOf = (prefix: string): string[] => Array.from({ length: RUNS }, (_, n) => prefix + n);
const callsOf = (names: readonly string[]): string[] =>
  names.flatMap((name) => Array.from({ length: STEPS }, (_, n) => `${name} ${n}`)).sort();

/** A module that sets the clock of its process. */
const CLOCK = `const { now } = Date;
const ahead = Number(process.env.AHEAD);
globalThis.Date = class extends Date {
  constructor(...args) { super(...(args.length === 0 ? [now() + ahead] : args)); }
  static now() { return now() + ahead; }
};
`;

describe('workers whose clocks differ by an hour', () => {
  // One that is ahead takes the leases of all others for over.
  it('end every run with its result, and record each step once', { timeout: 120_000 }, async () => {
    const app = appOf('clocks-apart', {
      'clock.js': CLOCK,
      'start.js': `import './clock.js';
import { appendFileSync } from 'node:fs';
import { createRuntime, fileStore } from 'use-durable';
import { work } from './work.js';
const runtime = createRuntime({ store: fileStore('runs.db') });
await runtime.recover();
const resultOf = async (id) => {
  for (;;) {
    try {
      return await (await runtime.get(id)).result();
    } catch (error) {
      if (error.name !== 'LeaseLostError') throw error;
    }
  }
};
const runs = [];
for (let n = 0; n < ${RUNS}; n++) {
  const id = process.env.NAME + n;
  runs.push(runtime.start(work, [id], { id }).then(async (run) => {
    run.result().catch(() => {});
    return resultOf(id);
  }));
}
console.log(JSON.stringify(await Promise.all(runs)));
const recorded = [];
for (const { id } of await runtime.list({ limit: 1_000 })) {
  const events = await (await runtime.get(id)).events();
  recorded.push([id, events.flatMap((event) => (event.type === 'step' ? [event.key] : []))]);
}
console.log(JSON.stringify(recorded.filter(([, keys]) => new Set(keys).size !== keys.length)));
await runtime.close({ store: true });
`,
    });
    const clocks = [
      ['right', 0],
      ['ahead', HOUR_MS],
      ['behind', -HOUR_MS],
    ] as const;
    const ended = await Promise.all(
      clocks.map(async ([name, ahead]) => {
        const child = spawn(process.execPath, ['start.js'], {
          cwd: app.folder,
          env: { ...process.env, NAME: name, AHEAD: String(ahead) },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
        return output
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown);
      }),
    );
    const names = clocks.map(([name]) => namesOf(name));
    expect(ended).toEqual(names.map((all) => [all, []]));
    const calls = app.lines('effects.txt');
    expect([...new Set(calls)].sort()).toEqual(callsOf(names.flat()));
  });
});

describe('the workers of a cluster', () => {
  it('share a file with their primary, and what one of them leaves is done', { timeout: 120_000 }, () => {
    const app = appOf('cluster', {
      'start.js': `import cluster from 'node:cluster';
import { once } from 'node:events';
import { createRuntime, fileStore } from 'use-durable';
import { work } from './work.js';
const runtime = createRuntime({ store: fileStore('runs.db') });
const all = async (prefix) => {
  const runs = [];
  for (let n = 0; n < ${RUNS}; n++) runs.push(await runtime.start(work, [prefix + n], { id: prefix + n }));
  return runs;
};
if (cluster.isPrimary) {
  const workers = ['killed', 'other'].map((NAME) => cluster.fork({ NAME }));
  const own = await all('primary');
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  workers[0].process.kill('SIGKILL');
  const results = [];
  for (const { id } of await runtime.list({ limit: 1_000 })) results.push((await runtime.get(id)).result());
  console.log(JSON.stringify((await Promise.all(results)).sort()), own.length);
  workers[1].send('close');
  await once(workers[1], 'exit');
  await runtime.close({ store: true });
} else {
  process.on('message', async () => {
    await runtime.close({ store: true });
    process.disconnect();
  });
  for (const run of await all(process.env.NAME)) run.result().catch(() => {});
  process.send('started');
}
`,
    });
    const { output, errors, status } = app.run('start.js');
    const names = ['killed', 'other', 'primary'].flatMap(namesOf);
    expect({ output, errors, status }).toEqual({
      output: `${JSON.stringify(names)} ${RUNS}\n`,
      errors: '',
      status: 0,
    });
    // Only the steps that were under way in the one that was killed are called twice.
    const calls = app.lines('effects.txt');
    expect([...new Set(calls)].sort()).toEqual(callsOf(names));
    const again = calls.filter((call, at) => calls.indexOf(call) !== at);
    expect(again.every((call) => call.startsWith('killed'))).toBe(true);
    expect(new Set(again.map((call) => call.split(' ')[0])).size).toBe(again.length);
  });
});

describe('a process that closes when it is told to end', () => {
  it('several times, while it starts runs: each is refused or kept, and done by the next process', {
    timeout: 120_000,
  }, () => {
    const app = appOf('told-to-end', {
      'start.js': `import { createRuntime, fileStore } from 'use-durable';
import { work } from './work.js';
const runtime = createRuntime({ store: fileStore('runs.db') });
const kept = [];
const start = async (name) => {
  try {
    const run = await runtime.start(work, [name], { id: name });
    kept.push(name);
    run.result().catch(() => {});
  } catch (error) {
    if (error.name !== 'RuntimeClosedError') throw error;
  }
};
let told = 0;
process.on('SIGTERM', async () => {
  const closed = runtime.close({ store: true });
  const late = Array.from({ length: 100 }, (_, n) => start('late' + told + '-' + n));
  told++;
  await Promise.all([closed, ...late]);
  if (--told === 0) console.log(JSON.stringify(kept));
});
for (let n = 0; n < ${RUNS}; n++) await start('early' + n);
const burst = Array.from({ length: 500 }, (_, n) => start('burst' + n));
for (let n = 0; n < 3; n++) process.kill(process.pid, 'SIGTERM');
await Promise.all(burst);
`,
      'next.js': `import { createRuntime, fileStore } from 'use-durable';
import './work.js';
const runtime = createRuntime({ store: fileStore('runs.db') });
await runtime.recover();
const records = await runtime.list({ limit: 10_000 });
const results = await Promise.all(records.map(async ({ id }) => (await runtime.get(id)).result()));
console.log(JSON.stringify(results));
await runtime.close({ store: true });
`,
    });
    const first = app.run('start.js');
    expect({ errors: first.errors, status: first.status }).toEqual({ errors: '', status: 0 });
    const kept = (JSON.parse(first.output) as string[]).sort();
    expect(kept.filter((name) => name.startsWith('early'))).toHaveLength(RUNS);
    const next = app.run('next.js');
    expect(next.errors).toBe('');
    expect((JSON.parse(next.output) as string[]).sort()).toEqual(kept);
    expect(app.lines('effects.txt').sort()).toEqual(callsOf(kept));
  });
});
