import type { ClassScope } from '../values/classes.ts';
import { decode } from '../values/codec.ts';

/** What stands for a part of a recorded value whose class or function this process doesn't have: an object of that name. */
type StandIns = Record<string, new () => object>;

/** Kinds of recorded values that name a class. */
const CLASSES = new Set<unknown>(['instance', 'custom', 'part']);

/**
 * A recorded value for people who look at it, in a process without the classes of the program: instances have the name of their
 * class and their data.
 *
 * @throws StoreError if the text was not written by the codec, SerializationError for what can't be read without its class
 */
export function readable(text: string): unknown {
  // Lines that say what a step has used up, or have the bodies of responses, are before the value.
  const line = text.lastIndexOf('\n') + 1;
  const start = text.startsWith('1d', line) ? line + 2 : line;
  if (start === 0) return decode(text);
  const { body, classes } = withStandIns(text.slice(start));
  return decode(text.slice(0, start) + body, classes as ClassScope);
}

/** References to functions become instances too. */
function withStandIns(body: string): { readonly body: string; readonly classes: StandIns } {
  const flat: unknown = parsed(body);
  const classes: StandIns = {};
  if (!Array.isArray(flat)) return { body, classes };
  const values = flat as unknown[];
  let isChanged = false;
  for (const entry of [...values]) {
    if (!Array.isArray(entry)) continue;
    const [kind, id] = entry.map((index) => values[index as number]);
    if (typeof id !== 'string') continue;
    if (CLASSES.has(kind)) standIn(classes, id);
    if (kind !== 'function') continue;
    entry[0] = values.push('instance') - 1;
    entry[1] = values.push(standIn(classes, `function ${id}`)) - 1;
    isChanged = true;
  }
  return { body: isChanged ? JSON.stringify(values) : body, classes };
}

function standIn(classes: StandIns, name: string): string {
  classes[name] ??= { [name]: class {} }[name]!;
  return name;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
