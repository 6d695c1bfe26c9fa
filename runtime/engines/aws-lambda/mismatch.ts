import { NonDeterminismError } from '../../base/errors.ts';
import { executionMismatch } from '../../base/messages/aws.ts';
import { CAUSES, endedWithoutAsking, OPERATIONS, outcomeOf } from '../../base/messages/mismatch.ts';
import type { Definition } from '../../functions/definition.ts';
import { asksFor, type Place, placeIn, titleOf } from '../../journal/mismatch-text.ts';
import type { TrackedOperation } from './operations.ts';
import type { Request } from './requests.ts';

/** How the operations of an execution and the code disagree. */
export interface OperationMismatch {
  readonly recorded: TrackedOperation | string;
  readonly requested: Iterable<Request>;
  /** The function has returned or thrown. */
  readonly ended?: boolean;
}

/** The error that shows the recorded operation and the requests of the code, with places in the source. */
export function describeOperationMismatch(
  runId: string,
  definition: Definition,
  { recorded, requested, ended }: OperationMismatch,
): NonDeterminismError {
  const place = placeIn(definition);
  const asked = [...requested].map(({ plan }) => `${plan.noun} ${place(plan.key)}`);
  return new NonDeterminismError(
    runId,
    executionMismatch(
      titleOf(runId, definition),
      inWords(recorded, place),
      ended === true ? endedWithoutAsking() : asksFor(asked),
      CAUSES,
    ),
  );
}

function inWords(recorded: TrackedOperation | string, place: Place): string {
  if (typeof recorded === 'string') return outcomeOf(place(recorded));
  return `${OPERATIONS[recorded.kind] ?? recorded.kind} ${place(recorded.name)}`;
}
