import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { sourceChanged, sourceMissing, sourceOutside, sourceUnknown } from '../base/messages/dashboard.ts';
import type { Manifest } from '../functions/manifest.ts';
import { readFlow } from '../functions/read-flow.ts';
import { visit } from '../inspect/walk.ts';
import type { SourcePage } from './api.ts';

/** Around the function. */
const MARGIN = 3;
/** More lines are not shown, and larger files not read. */
const MOST_LINES = 5_000;
const MOST_BYTES = 4_000_000;

/**
 * The lines of a durable function, if its file is there and is a source file inside of the project. The name of the file comes
 * from the store, so nothing else is ever read.
 *
 * @param root the folder of the project
 * @param since when the run was recorded, ms since the epoch: a file that is newer may have been changed
 */
export function sourceLines(manifest: Manifest | undefined, root: string, since: number): SourcePage {
  if (manifest === undefined) return { file: '', from: 1, lines: [], note: sourceUnknown() };
  const { file } = manifest;
  const none = (note: string): SourcePage => ({ file, from: 1, lines: [], note });
  let text: string;
  let isNewer: boolean;
  try {
    const top = realpathSync(root);
    const path = realpathSync(join(top, file));
    const isInside = path.startsWith(top.endsWith(sep) ? top : top + sep);
    if (!isInside || !/\.[cm]?[jt]sx?$/.test(path)) return none(sourceOutside());
    const { size, mtimeMs } = statSync(path);
    if (size > MOST_BYTES) return none(sourceMissing());
    isNewer = mtimeMs > since;
    text = readFileSync(path, 'utf8');
  } catch {
    return none(sourceMissing());
  }
  const all = text.split(/\r?\n/);
  const [first, last] = reachOf(manifest);
  const from = Math.max(1, first - MARGIN);
  const lines = all.slice(from - 1, Math.min(last + MARGIN, from - 1 + MOST_LINES));
  return { file, from, lines, ...(isNewer && { note: sourceChanged() }) };
}

/** The first and the last line of which the manifest knows. */
function reachOf(manifest: Manifest): readonly [first: number, last: number] {
  const { line, sites } = manifest;
  const lines = sites.map((site) => site.line);
  const flow = readFlow(manifest);
  for (const body of flow === undefined ? [] : [flow.body, ...flow.functions.map((inner) => inner.body)])
    visit(body, (node) => {
      if ('span' in node) lines.push(node.span[2]);
    });
  const first = line ?? Math.min(...lines, 1);
  return [first, Math.max(first, ...lines)];
}
