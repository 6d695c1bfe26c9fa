import { NonDeterminismError } from '../../base/errors.ts';
import { CAUSES } from '../../base/messages/mismatch.ts';
import { restateMismatch } from '../../base/messages/restate.ts';
import type { Definition } from '../../functions/definition.ts';
import { titleOf } from '../../journal/mismatch-text.ts';

/** The error for a journal that doesn't fit the code; `words` are the engine's. */
export const describeJournalMismatch = (
  runId: string,
  definition: Definition,
  words: string,
): NonDeterminismError =>
  new NonDeterminismError(runId, restateMismatch(titleOf(runId, definition), CAUSES, words));
