import ts from 'typescript';
import type { KnownCode } from '../../runtime/functions/edits.ts';
import { analyze } from '../../transformer/analyze.ts';
import { courseOf } from '../../transformer/course/course.ts';

/**
 * What `durable check` knows of the functions of a file, by their ids.
 *
 * @param absent names for which `since` is false, as it is for runs that had passed the places of new branches
 */
export function knownCodeOf(
  source: string,
  file = 'order.ts',
  absent: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, KnownCode> {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  const { inTree, manifests } = analyze(ts, tree, file);
  return new Map(
    inTree.map((analyzed) => {
      const { id } = analyzed.body.durable;
      const { version, sites } = manifests.get(id)!;
      return [id, { manifest: { fn: id, file, version, sites }, course: courseOf(analyzed, absent) }];
    }),
  );
}
