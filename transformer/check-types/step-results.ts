import type { Reporter } from '../base/reporter.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { unwrapParent } from '../syntax/nodes.ts';
import type { ProgramTypes } from './program-types.ts';
import { recordedResults } from './recorded-results.ts';
import { reportRefusal } from './report-refusal.ts';

/**
 * Reports steps whose results can't be written to the journal at all. The runtime fails such a step even if nothing uses its
 * result, so unused results are reported as well.
 */
export function checkStepResults(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  const { ts } = types;
  for (const { id, node, type } of recordedResults(types, body, sites)) {
    const refusal = types.results.refusalOf(type);
    if (!refusal) continue;
    const unused = ts.isExpressionStatement(unwrapParent(ts, unwrapParent(ts, node)));
    const hint = unused
      ? 'Nothing uses it: let the step return nothing, as in `await step(async () => { await ... })`.'
      : undefined;
    reportRefusal(reporter, node, `The result of step \`${id}\``, 'result', refusal, hint);
  }
}
