/** An exported run without what its program put into it. */

import type { JournalEvent } from '../journal/events.ts';
import type { Message } from '../stores/store.ts';
import { encode, encodeError } from '../values/codec.ts';
import type { ExportedRun } from './exported-run.ts';
import { readable } from './readable.ts';

const SECRET = 'masked';

/**
 * The seed of a run and the tokens of its callbacks are always left out: who has them can answer for others. Ids, keys, names of signals
 * and times stay as they are.
 *
 * @param values what it was given, what its steps returned and threw, what it was sent, who started it, and its attributes are left out
 *   as well. Of a value its size stays, of an error its name and the places of its stack.
 */
export async function maskedRun(run: ExportedRun, values: boolean): Promise<ExportedRun> {
  const tokens = new Map<string, string>();
  const tokenFor = (token: string): string => {
    const known = tokens.get(token) ?? `callback-${tokens.size + 1}`;
    tokens.set(token, known);
    return known;
  };
  const hide = async (value: string, ok: boolean): Promise<string> =>
    values ? maskedValue(value, ok) : value;
  const events: JournalEvent[] = [];
  for (const event of run.events) events.push(await maskedEvent(event, hide, tokenFor, values));
  const messages = await Promise.all(
    run.messages.map(
      async (message): Promise<Message> => ({
        ...message,
        ...(message.kind === 'callback' && { name: tokenFor(message.name) }),
        value: await hide(message.value, message.ok),
      }),
    ),
  );
  const attributes = values ? maskedNames(run.record.attributes) : run.record.attributes;
  const workers = run.workers.map((worker) => ({ ...worker, host: SECRET }));
  return {
    ...run,
    masked: values,
    record: { ...run.record, attributes },
    events,
    messages,
    ...(values && { workers, watched: run.watched.map((one) => ({ ...one, attributes: {} })) }),
  };
}

async function maskedEvent(
  event: JournalEvent,
  hide: (value: string, ok: boolean) => Promise<string>,
  tokenFor: (token: string) => string,
  values: boolean,
): Promise<JournalEvent> {
  switch (event.type) {
    case 'run-started': {
      const { forks, by, attributes, ...started } = event;
      return {
        ...started,
        seed: SECRET,
        input: await hide(event.input, true),
        ...(forks && { forks: forks.map((fork) => ({ ...fork, seed: SECRET })) }),
        ...(!values && by !== undefined && { by }),
        ...(!values && attributes && { attributes }),
      };
    }
    case 'callback-created':
      return { ...event, token: tokenFor(event.token) };
    case 'received': {
      const [kind, name] = splitOnce(event.channel);
      const channel = kind === 'callback' ? `callback:${tokenFor(name)}` : event.channel;
      return { ...event, channel, value: await hide(event.value, event.ok) };
    }
    case 'attempt-failed':
    case 'cancel-requested':
      return { ...event, value: await hide(event.value, false) };
    case 'step':
    case 'child-started':
    case 'run-ended':
      return { ...event, value: await hide(event.value, event.ok) };
    default:
      return event;
  }
}

function splitOnce(channel: string): readonly [string, string] {
  const at = channel.indexOf(':');
  return [channel.slice(0, at), channel.slice(at + 1)];
}

const maskedNames = (attributes: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(attributes).map((name) => [name, SECRET]));

async function maskedValue(text: string, ok: boolean): Promise<string> {
  const note = `[masked, ${text.length.toLocaleString('en-US')} characters]`;
  if (ok) return encode(note, 'masked value');
  const masked = new Error(note);
  const { name, stack } = errorIn(text);
  Object.defineProperty(masked, 'name', { value: name, configurable: true, writable: true });
  const places = stack.split('\n').filter((line) => /^\s+at /.test(line));
  masked.stack = [`${name}: ${note}`, ...places].join('\n');
  return encodeError(masked, 'masked error');
}

/** The name of what was thrown, and its stack where it has one. */
function errorIn(text: string): { readonly name: string; readonly stack: string } {
  try {
    const error = readable(text);
    if (error instanceof Error) return { name: error.name, stack: error.stack ?? '' };
  } catch {
    // It can't be read here, and doesn't have to be.
  }
  return { name: 'Error', stack: '' };
}
