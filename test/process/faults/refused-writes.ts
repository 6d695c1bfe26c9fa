/**
 * Uses a store that the system lets nobody write to, and prints what that is like. Arguments: path, and what the matter
 * is: `full` (the files of this process may not grow beyond a soft limit, which is raised later), or `read-only`.
 */
import { spawnSync } from 'node:child_process';
import { createRuntime, fileStore, waitFor } from '../../../runtime/index.ts';
import { durable } from '../../support/compiled.ts';

const [path = '', matter] = process.argv.slice(2);
const report = matter === 'full' ? await full() : await readOnly();
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
  spawnSync('prlimit', ['--pid', String(process.pid), '--fsize=unlimited']);
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
    () => 'nothing failed',
    (error: unknown) => String(error),
  );
}
