import type { Attempt } from '../port/backend.ts';
import type { AttemptTrace } from '../port/tracing.ts';
import type { ClassScope } from '../values/classes.ts';
import { decodeError } from '../values/codec.ts';

/** Ends the span of an attempt, and then reports its end. */
export function tracedEnd(
  trace: AttemptTrace,
  classes: ClassScope | undefined,
  done: (attempt: Attempt) => void,
): (attempt: Attempt) => void {
  return (attempt) => {
    const { ok, value } = attempt;
    if (ok) trace.end();
    else trace.end(() => decodeError(value, classes));
    done(attempt);
  };
}
