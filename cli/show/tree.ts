import type { TimelineRow } from '../../runtime/tools/look.ts';

/** Some rows of a run as people read them: scopes with what is inside of them, repetitions together. */
export type Entry =
  | { readonly kind: 'row'; readonly row: TimelineRow; readonly inside: readonly Entry[] }
  | { readonly kind: 'fold'; readonly first: TimelineRow; readonly last: TimelineRow; readonly count: number }
  | { readonly kind: 'idle'; readonly ms: number };

/** So many repetitions are shown one by one. */
const MOST = 5;
/** Of more, these at the beginning, and the last one. */
const SHOWN = 2;
/** Shorter pauses aren't worth a line, ms. */
const SHORTEST_IDLE = 60_000;

/** The rows in the order of their beginning, those of a scope together. */
export function treeOf(rows: readonly TimelineRow[], isFolded: boolean): readonly Entry[] {
  const inside = new Map<string | undefined, TimelineRow[]>();
  for (const row of rows) {
    const list = inside.get(row.parent);
    if (list === undefined) inside.set(row.parent, [row]);
    else list.push(row);
  }
  const entriesOf = (parent: string | undefined): readonly Entry[] => {
    const list = inside.get(parent) ?? [];
    const entries: Entry[] = [];
    for (const group of isFolded ? groupsOf(list) : list.map((row) => [row])) {
      const folded = group.length > MOST;
      const shown = folded ? [...group.slice(0, SHOWN), undefined, group.at(-1)!] : group;
      for (const row of shown) {
        if (row === undefined) {
          const left = group.slice(SHOWN, -1);
          entries.push({ kind: 'fold', first: left[0]!, last: left.at(-1)!, count: left.length });
        } else entries.push({ kind: 'row', row, inside: row.kind === 'scope' ? entriesOf(row.key) : [] });
      }
    }
    return parent === undefined ? withIdle(entries, rows) : entries;
  };
  return entriesOf(undefined);
}

/** Repetitions of one call, one after the other, that all went well at once. */
function groupsOf(rows: readonly TimelineRow[]): readonly (readonly TimelineRow[])[] {
  const groups: TimelineRow[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last !== undefined && pathOf(last) === pathOf(row) && isPlain(last) && isPlain(row)) group!.push(row);
    else groups.push([row]);
  }
  return groups;
}

const pathOf = ({ key }: TimelineRow): string => key.replaceAll(/\[\d+\]/g, '');

const isPlain = ({ state, attempts, left }: TimelineRow): boolean =>
  state === 'done' && attempts.length < 2 && left !== true;

/** The pauses in which the run only waited: nothing at the top level was under way but waits. */
function withIdle(entries: readonly Entry[], rows: readonly TimelineRow[]): readonly Entry[] {
  const shown: Entry[] = [];
  let before = rows[0]?.startedAt ?? rows[0]?.endedAt ?? 0;
  for (const entry of entries) {
    const row = entry.kind === 'row' ? entry.row : entry.kind === 'fold' ? entry.first : undefined;
    const begins = row?.startedAt ?? row?.endedAt ?? before;
    if (begins - before >= SHORTEST_IDLE) shown.push({ kind: 'idle', ms: begins - before });
    shown.push(entry);
    const last = entry.kind === 'fold' ? entry.last : row;
    before = Math.max(before, last?.endedAt ?? begins);
  }
  return shown;
}
