/**
 * Fills a store until it can't be written any more, and says what happened then: run in a process whose files may not
 * grow beyond a limit. Argument: path.
 */
import { StoreError } from '../../../../runtime/base/errors.ts';
import type { Claim } from '../../../../runtime/stores/claims.ts';
import { fileStore } from '../../../../runtime/stores/sqlite.ts';
import { ended, started, step, worker } from './events.ts';

const store = fileStore(process.argv[2]!);
const claim = (await store.create('r', started(), worker('a'))) as Claim;
const large = { ...step('large'), value: 'x'.repeat(20_000) };
let seq = 1;
let error: unknown;
while (error === undefined) {
  try {
    await store.append([{ claim, seq, events: [large, large] }]);
    seq += 2;
  } catch (thrown) {
    error = thrown;
  }
}
const events = (await store.load('r'))!.events.length;
const refused = await store.append([{ claim, seq, events: [ended()] }]);
const { status } = (await store.record('r'))!;
const isStoreError = error instanceof StoreError && error.cause instanceof Error;
console.log(JSON.stringify({ isStoreError, written: seq, events, refused, status }));
