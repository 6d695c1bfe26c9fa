import { NonDeterminismError } from '../../base/errors.ts';
import { siteOf } from '../../base/keys.ts';
import type { Definition } from '../../functions/definitions.ts';
import type { TrackedOperation } from './operations.ts';
import type { Request } from './requests.ts';

/** How the operations of an execution and the code disagree. */
export interface OperationMismatch {
  readonly recorded: TrackedOperation | string;
  readonly requested: Iterable<Request>;
  /** The function has returned or thrown. */
  readonly ended?: boolean;
}

/** More requests than these say no more than how many they are. */
const SHOWN = 10;

/** The error that shows recorded against requested, with places in the source. */
export function describeOperationMismatch(
  runId: string,
  definition: Definition,
  { recorded, requested, ended }: OperationMismatch,
): NonDeterminismError {
  const { id, file, line } = definition.meta;
  const list = [...requested];
  const shown = list.slice(0, SHOWN).map(({ plan }) => `${plan.noun} ${place(plan.key, definition)}`);
  if (list.length > SHOWN) shown.push(`and ${list.length - SHOWN} more`);
  const asks = shown.length === 0 ? 'waits for nothing that is recorded' : `asks for ${shown.join(', ')}`;
  return new NonDeterminismError(
    runId,
    [
      `Run "${runId}" of ${id} (${file}:${line}) can't go on: the operations of its execution don't fit the code.`,
      `  recorded: ${inWords(recorded, definition)}`,
      `  the code: ${ended === true ? 'has returned or thrown without asking for that' : asks}`,
      'Most likely the code was changed under the run. The execution stays as it is, and goes on when code that fits is ' +
        'deployed. If the code is the same, something in it differs from one execution to the next: state outside the ' +
        'function, the environment, or a promise that no step made.',
    ].join('\n'),
  );
}

const KINDS: Readonly<Record<string, string>> = {
  STEP: 'the step',
  WAIT: 'the wait',
  CALLBACK: 'the callback',
  CHAINED_INVOKE: 'the invocation',
};

function inWords(recorded: TrackedOperation | string, definition: Definition): string {
  if (typeof recorded === 'string') return `the outcome of ${place(recorded, definition)}`;
  return `${KINDS[recorded.kind] ?? recorded.kind} ${place(recorded.name, definition)}`;
}

/** The key, and where its site stands now. */
function place(key: string, { meta }: Definition): string {
  const id = siteOf(key);
  const site = meta.steps.find((candidate) => candidate.id === id);
  return site === undefined ? `"${key}"` : `"${key}" (${meta.file}:${site.line}:${site.column})`;
}
