/**
 * What a run is started with: the array of its arguments, or for a method of instances `{ this, args }`. The instance is
 * written together with the arguments, so that what both lead to is one object in the run as well.
 */

import { MisuseError } from '../base/errors.ts';
import {
  functionTakesNoThis,
  methodChangedKind,
  methodNeedsThis,
  thisNotRegistered,
  thisOfAnotherClass,
} from '../base/messages/runs.ts';
import { findByInstance } from '../values/classes.ts';
import { decode, encode } from '../values/codec.ts';
import type { Definition } from './definition.ts';

interface MethodInput {
  readonly this: object;
  readonly args: unknown[];
}

export interface InputOptions {
  /**
   * For a method of the instances of a registered class: the instance it is called on. The run works on a copy of it, as
   * it does on copies of its arguments.
   */
  readonly this?: unknown;
}

/**
 * Writes the input of a run.
 *
 * @param what the name of the function that starts it, for errors
 * @throws MisuseError if there is no instance for a method, or one for something else
 * @throws SerializationError (or rejects with it) naming the path to a part that can't be carried
 */
export function encodeInput(
  what: string,
  definition: Definition,
  args: readonly unknown[],
  { this: receiver }: InputOptions,
): string | Promise<string> {
  const { id, instancesOf, classes } = definition;
  if (instancesOf === undefined) {
    if (receiver !== undefined) {
      throw new MisuseError(functionTakesNoThis(what, id));
    }
    return encode(args, `arguments of "${id}"`, classes);
  }
  if (receiver === undefined) {
    throw new MisuseError(methodNeedsThis(what, id));
  }
  if (!(receiver instanceof instancesOf)) {
    throw new MisuseError(thisOfAnotherClass(what, id, instancesOf.name));
  }
  const prototype = Object.getPrototypeOf(receiver) as object;
  if (findByInstance(receiver, classes)?.prototype !== prototype) {
    throw new MisuseError(thisNotRegistered(what, id, prototype.constructor.name));
  }
  const input: MethodInput = { this: receiver, args: [...args] };
  return encode(input, `input of "${id}"`, classes);
}

/**
 * Reads what `encodeInput` wrote: what the function is called on, and with.
 *
 * @throws SerializationError or StoreError if it can't be read in this process
 * @throws MisuseError if the function was a method of instances when the run was started and isn't now, or the other way
 */
export function decodeInput(
  { id, owner, instancesOf, classes }: Definition,
  text: string,
): { readonly receiver: unknown; readonly args: readonly unknown[] } {
  const input = decode(text, classes) as unknown[] | MethodInput;
  if (Array.isArray(input) !== (instancesOf === undefined)) {
    throw new MisuseError(
      methodChangedKind(id, Array.isArray(input) ? 'no' : 'a', Array.isArray(input) ? 'one' : 'none'),
    );
  }
  return Array.isArray(input) ? { receiver: owner, args: input } : { receiver: input.this, args: input.args };
}
