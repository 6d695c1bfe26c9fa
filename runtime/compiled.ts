/**
 * What compiled code calls, and the only module it imports. The names are a contract with the compiler; they are not
 * meant for people.
 */

import { MisuseError } from './base/errors.ts';
import { calledBeforeModule, calledWithOtherThis } from './base/messages/runs.ts';
import { refuseRuntimeOf01 } from './base/process-state.ts';
import type { AnyFunction, Definition } from './functions/definition.ts';
import { definitionOf } from './functions/definitions.ts';
import { defaultRuntime } from './local/worker/default-runtime.ts';
import { arrow as wrapArrow } from './scope/entry.ts';
import { otherVersion } from './scope/versions.ts';

export { bound, ref } from './functions/callee.ts';
export type { Definition, DefinitionMeta } from './functions/definition.ts';
export { define, refuse } from './functions/definitions.ts';
export type { DurableScope } from './functions/durable-scope.ts';
export type { Site, SiteKind } from './functions/manifest.ts';
export {
  bindFunction,
  mark,
  markClass,
  markGenerator,
  markGenerators,
  markIterator,
  markMethods,
  markMethodsBut,
} from './functions/marks.ts';
export { hold } from './functions/optional-chain.ts';
export { ambient, bind, bindMethod, capture, decorated, enter, passing, runPlain } from './scope/entry.ts';
export { Scope } from './scope/scope.ts';

/** A durable arrow function: what the module exports instead of `fn`. */
export const arrow = <F extends AnyFunction>(definition: Definition, fn: F, name = fn.name): F =>
  wrapArrow(definition, fn, name, direct);

/** A durable function without a scope: a new run, or the version of it that the run around goes on with. */
export function direct(definition: Definition, thisArg: unknown, args: ArrayLike<unknown>): Promise<unknown> {
  const version = otherVersion(definition);
  if (version === undefined) return startDirectly(definition, thisArg, args);
  return Reflect.apply(version.callable!, thisArg, args) as Promise<unknown>;
}

/**
 * A durable function called outside every run: a new run on the default runtime.
 *
 * Rejects with what the run throws, or as `Runtime.start` does.
 */
async function startDirectly(
  definition: Definition,
  thisArg: unknown,
  args: ArrayLike<unknown>,
): Promise<unknown> {
  refuseRuntimeOf01();
  const { owner, callable, id, instancesOf } = definition;
  if (owner !== undefined && thisArg !== owner) {
    throw new MisuseError(calledWithOtherThis(id));
  }
  if (callable === undefined || definitionOf(callable) !== definition) {
    throw new MisuseError(calledBeforeModule(id));
  }
  // The body begins before the call returns, where the store answers at once: as a plain function does.
  const options = instancesOf === undefined ? { atOnce: true } : { atOnce: true, this: thisArg };
  const handle = await defaultRuntime().start(callable, Array.from(args), options);
  return handle.result();
}
