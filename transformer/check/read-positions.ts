import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { readingCallsOf } from '../body/reading-calls.ts';

/**
 * Reports steps whose names say that they continue to read from an object which the durable function makes again on each
 * replay. Types decide whether the object has a position, and so does the runtime, which refuses objects that show one.
 */
export function checkPositions(body: Body, sites: readonly SiteNode[]): void {
  const { reporter, sourceFile } = body.file;
  for (const { call, object } of readingCallsOf(body, sites)) {
    if (object === 'made anew')
      reporter.report('perhapsPosition', call, call.getText(sourceFile).slice(0, 60));
  }
}
