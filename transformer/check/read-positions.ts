import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { readingCallsOf } from '../body/reading-calls.ts';

/**
 * Reports steps that, as their names say, read on in an object which the durable function makes anew on every replay.
 * Whether it holds a position is for types to tell, and for the runtime, which refuses what is seen to.
 */
export function checkPositions(body: Body, sites: readonly SiteNode[]): void {
  const { reporter, sourceFile } = body.file;
  for (const { call, object } of readingCallsOf(body, sites)) {
    if (object === 'made anew')
      reporter.report('perhapsPosition', call, call.getText(sourceFile).slice(0, 60));
  }
}
