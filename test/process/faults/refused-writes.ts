/**
 * Uses a store that the system lets nobody write to, and prints what that is like. Arguments: path, and what the matter
 * is: `full` (the files of this process may not grow beyond a soft limit, which is raised later), `full in a burst` (of starts and
 * steps, the same), or `read-only`.
 */
import { spawnSync } from 'node:child_process';
import { createRuntime, fileStore, waitFor } from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

const NOTHING = 'nothing failed';

const [path = '', matter] = process.argv.slice(2);
const reports = { full, 'full in a burst': fullInBurst, 'read-only': readOnly };
const report = await reports[matter as keyof typeof reports]();
console.log(JSON.stringify(report));

async function full(): Promise<unknown> {
  const text = 'x'.repeat(20_000);
  const give = (): string => text;
  const large = durable(async ($) => {
    let count = 0;
    while (count < 40) {
      await $.call('give', give)();
      count++;
    }
    return count;
  });
  const small = durable(async ($) => $.call('waitFor', waitFor)('go'));
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  await runtime.start(small, [], { id: 'small' });
  const error = await failureOf((await runtime.start(large, [], { id: 'large' })).result());
  const refused = await failureOf(runtime.start(large, [text.repeat(2)] as never, { id: 'refused' }));
  makeRoom();
  const results: unknown[] = [];
  await runtime.recover();
  results.push(await (await runtime.get('large'))?.result());
  await (await runtime.get('small'))?.signal('go', 'small went');
  results.push(await (await runtime.get('small'))?.result());
  await (await runtime.start(large, [], { id: 'new' })).result();
  const records = await runtime.list();
  await runtime.close();
  await store.close();
  return {
    error,
    refused,
    results,
    statuses: Object.fromEntries(records.map(({ id, status }) => [id, status])),
  };
}

function makeRoom(): void {
  spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
}

async function fullInBurst(): Promise<unknown> {
  const text = 'x'.repeat(2_000);
  const calls: string[] = [];
  const act = (id: string, count: number): string => {
    calls.push(`${id} ${count}`);
    return text;
  };
  const fn = durable(async ($, id: string) => {
    let length = 0;
    for (let count = 0; count < 5; count++) length += (await $.call(`act ${count}`, act)(id, count)).length;
    return length;
  });
  const store = fileStore(path);
  const runtime = createRuntime({ store });
  // In several turns, so that some begin while others are at their steps.
  const ids = Array.from({ length: 200 }, (_, number) => `run ${number}`);
  const starting: Promise<unknown>[] = [];
  const ended: Promise<string>[] = [];
  const accepted: string[] = [];
  for (const [number, id] of ids.entries()) {
    const started = runtime.start(fn, [id], { id }).then((run) => {
      accepted.push(id);
      ended.push(failureOf(run.result()));
    });
    starting.push(failureOf(started));
    if (number % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const starts = (await Promise.all(starting)) as string[];
  const ends = await Promise.all(ended);
  const recorded = new Set<string>();
  for (const id of accepted) {
    const events = (await store.load(id))?.events ?? [];
    for (const event of events) if (event.type === 'step') recorded.add(`${id} ${event.key.split(' ')[1]}`);
  }
  const isLeft = await Promise.all(ids.map(async (id) => (await store.load(id)) !== undefined));
  makeRoom();
  const before = calls.length;
  await runtime.recover();
  const results = await Promise.all(ids.map(async (id) => (await runtime.start(fn, [id], { id })).result()));
  await runtime.close({ store: true });
  return {
    refused: starts.filter((text) => text !== NOTHING),
    stopped: ends.filter((text) => text !== NOTHING),
    // A start that failed has left nothing behind, and all others are there.
    halfStarted: ids.filter((id, index) => isLeft[index] !== accepted.includes(id)),
    recorded: recorded.size,
    repeated: calls.slice(before).filter((call) => recorded.has(call)),
    results: [...new Set(results)],
  };
}

async function readOnly(): Promise<unknown> {
  // The superuser may write everywhere.
  if (process.getuid?.() === 0) process.setuid?.(65_534);
  const opened = async (): Promise<void> => {
    const store = fileStore(path);
    try {
      await createRuntime({ store }).start(
        durable(async () => 1),
        [],
      );
    } finally {
      await store.close();
    }
  };
  return { error: await failureOf(opened()) };
}

function failureOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => NOTHING,
    (error: unknown) => String(error),
  );
}
