import {
  idIn,
  isScope,
  type Lock,
  type LockedFunction,
  type LockedScope,
  type LockedSite,
} from '../../transformer/base/locked.ts';

/** One difference between two locks. */
export interface LockChange {
  readonly fn: string;
  readonly kind: 'new' | 'gone' | 'changed' | 'renamed' | 'moved';
  readonly what: string;
}

/** What is new, gone or other than before, by function. */
export function lockChanges(before: Lock, now: Lock): readonly LockChange[] {
  const names = [...new Set([...before.keys(), ...now.keys()])].sort();
  return names.flatMap((fn) => {
    const [old, one] = [before.get(fn), now.get(fn)];
    if (old?.version === undefined)
      return one?.version === undefined ? [] : [{ fn, kind: 'new', what: 'the function is new' }];
    if (one === undefined)
      return [{ fn, kind: 'renamed', what: 'the function has another id: its file was renamed' }];
    if (one.version === undefined) return [{ fn, kind: 'gone', what: 'the function is gone' }];
    return changesOf(old, one);
  });
}

function changesOf(
  old: LockedFunction,
  { fn, sites, scopes, version }: LockedFunction,
): readonly LockChange[] {
  const entries = byId([...sites, ...scopes]);
  const known = byId([...old.sites, ...old.scopes]);
  const changes: LockChange[] = [];
  for (const [key, entry] of entries) {
    const before = known.get(key);
    const text = shown(entry);
    if (before === undefined) changes.push({ fn, kind: 'new', what: text });
    else if (before.name !== entry.name)
      changes.push({ fn, kind: 'renamed', what: `${text}, written as ${entry.name ?? idIn(entry)} now` });
    else if (before.print !== entry.print && !isScope(entry) && !isScope(before))
      changes.push({ fn, kind: 'changed', what: `${entry.id}: ${before.call} is ${entry.call} now` });
    else if (!isScope(entry) && !isScope(before) && before.path !== entry.path)
      changes.push({ fn, kind: 'moved', what: text });
  }
  for (const [key, entry] of known)
    if (!entries.has(key)) changes.push({ fn, kind: 'gone', what: shown(entry) });
  if (changes.length === 0 && (version !== old.version || orderOf(old) !== orderOf({ sites })))
    changes.push({ fn, kind: 'changed', what: 'its code has changed, its calls are the same' });
  return changes;
}

const byId = (
  entries: readonly (LockedSite | LockedScope)[],
): ReadonlyMap<string, LockedSite | LockedScope> =>
  new Map(entries.map((entry) => [`${isScope(entry)} ${idIn(entry)}`, entry]));

const shown = (entry: LockedSite | LockedScope): string =>
  isScope(entry) ? `${entry.scope}, a closure` : `${entry.id}, ${entry.call}`;

const orderOf = ({ sites }: Pick<LockedFunction, 'sites'>): string => sites.map(({ id }) => id).join('\n');
