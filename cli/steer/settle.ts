import type { JournalEvent, Runtime } from '../../runtime/tools.ts';
import { DurableError, StoreError } from '../../runtime/tools.ts';
import { InputError, jsonInput } from '../base/json-input.ts';
import { personAt } from '../base/person.ts';
import { styled } from '../base/terminal.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { requireStore, type StoreOptions, storePathOf, withStore } from '../runs/open-store.ts';

export interface SettleOptions extends StoreOptions {
  /** The run that waits, in the place of a token. */
  readonly run?: string;
  /** Which of its callbacks, if it has created several. */
  readonly key?: string;
  /** The message of an error that the callback fails with. */
  readonly error?: string;
}

/**
 * Completes or fails a callback.
 *
 * @param words a token and a value as JSON; with `--run` only the value
 * @returns the exit code: 1 if the callback was refused
 */
export async function settle(words: readonly string[], options: SettleOptions): Promise<number> {
  const { run, error: message, json = false } = options;
  const [given, text, more] = run === undefined ? words : [undefined, ...words];
  if (more !== undefined) throw new InputError(`There is one value too many: ${more}`);
  if (run === undefined && given === undefined)
    throw new InputError('Name the token of the callback, or a run with --run.');
  if (text !== undefined && message !== undefined)
    throw new InputError('A callback is completed with a value, or fails with --error; here are both.');
  const value = text === undefined ? undefined : jsonInput('the value', text);
  const path = storePathOf(options.store);
  const token = run === undefined ? given! : await tokenOf(path, run, options.key);
  try {
    await withStore(path, (runtime) => send(runtime, token, value, message));
  } catch (error) {
    if (!(error instanceof DurableError) || error instanceof StoreError) throw error;
    const { code, message: reason } = error;
    if (json) console.log(JSON.stringify({ error: { code, message: reason } }, null, 2));
    else console.error(`${styled('red', 'refused', process.stderr)}: ${reason}`);
    return 1;
  }
  const done = message === undefined ? 'completed' : 'failed';
  if (json) console.log(JSON.stringify({ token, done }, null, 2));
  else console.log(`The callback is ${done}. The workers on ${path} go on with its run.`);
  return 0;
}

const send = (runtime: Runtime, token: string, value: unknown, message: string | undefined): Promise<void> =>
  message === undefined
    ? runtime.complete(token, value, { by: personAt('durable') })
    : runtime.fail(token, new Error(message), { by: personAt('durable') });

/** The token of the only callback that a run waits for. */
function tokenOf(path: string, given: string, key: string | undefined): Promise<string> {
  requireStore(path);
  return withSource(path, async (source) => {
    const id = await findRun(source, given);
    const { events } = (await source.load(id))!;
    const open = openCallbacks(events);
    const fitting = key === undefined ? open : open.filter((one) => one.key === key);
    const [only, another] = fitting;
    if (only !== undefined && another === undefined) return only.token;
    const keys = open.map((one) => one.key).join(', ');
    if (open.length === 0) throw new InputError(`${id} has no callback that is open.`);
    throw new InputError(
      key === undefined
        ? `${id} has several callbacks that are open. Name one with --key: ${keys}.`
        : `${id} has no open callback ${key}. It has: ${keys}.`,
    );
  });
}

type Created = Extract<JournalEvent, { type: 'callback-created' }>;

function openCallbacks(events: readonly JournalEvent[]): readonly Created[] {
  const open = new Map<string, Created>();
  for (const event of events) {
    if (event.type === 'callback-created') open.set(`callback:${event.token}`, event);
    else if (event.type === 'received') open.delete(event.channel);
  }
  return [...open.values()];
}
