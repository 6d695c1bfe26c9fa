import type ts from 'typescript';
import type { Diagnostic } from '../base/diagnostics.ts';
import { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { HelperCall } from '../check/helpers.ts';
import type { TakenPromises } from '../check/promises-in-results.ts';
import type { PromiseFlow } from '../flow/track-promises.ts';
import { checkCapturedMutations } from './captured-mutations.ts';
import { checkChangedArguments } from './changed-arguments.ts';
import { checkChangedReceivers } from './changed-receivers.ts';
import { checkFloatingPromises } from './floating-promises.ts';
import { checkHeldPositions } from './held-positions.ts';
import { checkHelperClocks } from './helper-clocks.ts';
import { checkLostMembers } from './lost-members.ts';
import { checkImportedPrivateCalls } from './private-calls.ts';
import type { ProgramTypes } from './program-types.ts';
import { checkRunValues } from './run-values.ts';
import { checkStepResults } from './step-results.ts';
import { checkObjectsAtWork } from './working-objects.ts';

export { ProgramTypes } from './program-types.ts';
export { recordedResults } from './recorded-results.ts';

/** What analysis by syntax leaves for the checks with types, for one durable function. */
export interface TypedParts {
  readonly body: Body;
  readonly flow: PromiseFlow;
  readonly taken: TakenPromises;
  readonly sites: readonly SiteNode[];
  /** Calls outside of steps. */
  readonly plainCalls: readonly ts.CallExpression[];
  /** Calls of helpers whose values are used. */
  readonly helperCalls: readonly HelperCall[];
}

export function checkTypes(types: ProgramTypes, parts: readonly TypedParts[]): readonly Diagnostic[] {
  const [first] = parts;
  if (!first) return [];
  const { sourceFile, fileName } = first.body.file;
  const reporter = new Reporter(sourceFile, fileName);
  // Types that TypeScript infers for JavaScript are guesses.
  const typed = /\.[mc]?tsx?$/.test(sourceFile.fileName);
  for (const { body, flow, taken, sites, plainCalls, helperCalls } of parts) {
    checkFloatingPromises(types, plainCalls, reporter);
    checkCapturedMutations(types, body, reporter);
    checkHeldPositions(types, body, sites, reporter);
    checkHelperClocks(types, body, helperCalls, reporter);
    if (!typed) continue;
    checkObjectsAtWork(types, body, flow, taken, reporter);
    checkStepResults(types, body, sites, reporter);
    checkLostMembers(types, body, sites, reporter);
    checkImportedPrivateCalls(types, body, reporter);
    checkRunValues(types, body, reporter);
    checkChangedArguments(types, body, sites, reporter);
    checkChangedReceivers(types, body, sites, reporter);
  }
  return reporter.diagnostics.toSorted((a, b) => a.start - b.start);
}
