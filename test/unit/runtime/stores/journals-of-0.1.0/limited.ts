import pLimit from 'p-limit';
import { waitFor } from 'use-durable';

/** What the runs in `limited.db.gz` are of. In 0.1.0 each call of the limiter is one step, whatever its closure does. */
interface World {
  notes?: string[];
  /** Steps with this item don't end. */
  hangs?: string;
}
const world = globalThis as World;

async function act(what: string, item: string): Promise<string> {
  world.notes ??= [];
  world.notes.push(`${what} ${item}`);
  if (world.hangs === item) await new Promise(() => {});
  return `${item} ${what}`;
}

/** Waits between two rounds of the limiter. */
export async function rounds(items: readonly string[]): Promise<unknown> {
  'use durable';
  const limit = pLimit(2);
  const packed = await Promise.all(items.map((item) => limit(() => act('packed', item))));
  const released = await waitFor('released');
  return [packed, released, await Promise.all(items.map((item) => limit(() => act('sent', item))))];
}

/** Is interrupted when some calls of the limiter are recorded, one is under way, and others wait for their turn. */
export async function closures(items: readonly string[]): Promise<unknown> {
  'use durable';
  const limit = pLimit(1);
  return await Promise.all(
    items.map((item) =>
      limit(async () => {
        const packed = await act('packed', item);
        return [packed, await act('sent', item)];
      }),
    ),
  );
}
