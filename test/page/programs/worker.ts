/**
 * A worker of the shop in a process of its own: `worker.ts STORE`. A message `[id, function, arguments]` starts a run; the answer is
 * its id.
 */
import { createRuntime, fileStore } from 'use-durable';
import * as shop from './shop.ts';

const functions: Readonly<Record<string, unknown>> = { ...shop };

const runtime = createRuntime({ store: fileStore(process.argv[2]!) });
for (const handle of await runtime.recover()) handle.result().catch(() => {});

type Start = readonly [id: string, fn: string, args: unknown[]];

process.on('message', async (message: Start | 'schedule') => {
  if (message === 'schedule') {
    await runtime.schedule(
      'nightly',
      { cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
      shop.importLines,
      [3],
    );
    process.send?.('scheduled');
    return;
  }
  const [id, fn, args] = message;
  const handle = await runtime.start(functions[fn] as (...args: unknown[]) => unknown, args, { id });
  handle.result().catch(() => {});
  process.send?.(id);
});
process.on('disconnect', () => void runtime.close({ store: true, timeoutMs: 100 }));
process.send?.('ready');
