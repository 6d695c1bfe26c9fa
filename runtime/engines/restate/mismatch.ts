import { NonDeterminismError } from '../../base/errors.ts';
import type { Definition } from '../../functions/definitions.ts';
import { CAUSES, cannotContinue } from '../../journal/mismatch-text.ts';

/** The error for a journal that doesn't fit the code; `words` are the engine's. */
export const describeJournalMismatch = (
  runId: string,
  definition: Definition,
  words: string,
): NonDeterminismError =>
  new NonDeterminismError(
    runId,
    `${cannotContinue(runId, definition)}: its journal doesn't fit the code. Most likely ` +
      `the code was changed under the run: deploy changed code under a new address, so that runs which are under way stay ` +
      `with the old one. Nothing is lost: Restate tries it again, and it goes on once code that fits is there. If the code ` +
      `is the same, something in it differs from one execution to the next: ${CAUSES}. Restate's words:\n${words}`,
  );
