import type { Definition } from '../functions/definition.ts';
import { findDefinition } from '../functions/definitions.ts';
import { currentContext } from '../run/context.ts';
import type { Run } from '../run/run.ts';

/** The version of a durable function that a run goes on with: another one than it calls where that is recorded and loaded. */
export function versionIn({ backend }: Run, called: Definition): Definition {
  const ref = backend.versionFor?.(called.ref);
  return ref === undefined ? called : (findDefinition(ref) ?? called);
}

/** The same for a function that workflow code has called without handing a scope over; undefined for the one that is called. */
export function otherVersion(called: Definition): Definition | undefined {
  const context = currentContext();
  if (context?.place !== 'body') return undefined;
  const version = versionIn(context.run, called);
  return version === called ? undefined : version;
}
