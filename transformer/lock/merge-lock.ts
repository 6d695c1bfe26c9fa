import {
  idIn,
  isScope,
  type Lock,
  type LockedFunction,
  type LockedScope,
  type LockedSite,
} from '../base/locked.ts';
import { entryOf } from './entry-shapes.ts';

type Entry = LockedSite | LockedScope;
type ListName = 'sites' | 'scopes' | 'retired';

interface Draft {
  readonly fn: string;
  file?: string;
  version?: string;
  readonly lists: Record<ListName, Entry[]>;
}

/**
 * Both sides of a merge, put together: the functions and lines of either, read line by line, since such a text is no JSON. Of two
 * lines that give one id to two calls the first one counts. The call of the other gets a new id. If runs have that id for the other
 * call, they are blocked.
 */
export function mergedLock(text: string): Lock {
  const drafts = new Map<string, Draft>();
  let draft: Draft | undefined;
  let list: ListName = 'sites';
  for (const line of linesOf(text)) {
    const [, field, value] = FIELD.exec(line) ?? [];
    if (field === 'fn') {
      const fn = JSON.parse(value!) as string;
      draft = drafts.get(fn) ?? { fn, lists: { sites: [], scopes: [], retired: [] } };
      drafts.set(fn, draft);
      list = 'sites';
    } else if (draft !== undefined && (field === 'file' || field === 'version'))
      draft[field] ??= JSON.parse(value!) as string;
    list = (LIST.exec(line)?.[1] as ListName | undefined) ?? list;
    const entry = line.startsWith('{"') ? entryIn(line) : undefined;
    if (draft !== undefined && entry !== undefined) draft.lists[list].push(entry);
  }
  return new Map([...drafts.values()].map((one) => [one.fn, functionOf(one)]));
}

const FIELD = /^"(fn|file|version)": ("(?:[^"\\]|\\.)*"),?$/;
const LIST = /^"(sites|scopes|retired)": \[/;

/** Without the common ancestor, which is between `|||||||` and `=======`. */
function linesOf(text: string): readonly string[] {
  let isAncestor = false;
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => {
      if (line.startsWith('|||||||')) isAncestor = true;
      if (line.startsWith('=======')) isAncestor = false;
      return !isAncestor;
    });
}

function entryIn(line: string): Entry | undefined {
  try {
    const entry = entryOf(JSON.parse(line.replace(/,$/, '')));
    return typeof entry === 'string' ? undefined : entry;
  } catch {
    return undefined;
  }
}

function functionOf({ fn, file, version, lists }: Draft): LockedFunction {
  const taken = new Set<string>();
  const first = <E extends Entry>(entries: readonly E[]): readonly E[] =>
    entries.filter((entry) => {
      const id = `${isScope(entry)} ${idIn(entry)}`;
      return !taken.has(id) && taken.add(id);
    });
  return {
    fn,
    ...(file !== undefined && { file }),
    version,
    // In this order: what one side has retired and the other one uses is in use.
    sites: first(lists.sites.filter((entry): entry is LockedSite => !isScope(entry))),
    scopes: first(lists.scopes.filter(isScope)),
    retired: first(lists.retired),
  };
}
