export type SiteKind = 'step' | 'sleep' | 'signal' | 'callback' | 'child' | 'combinator' | 'call';

/** A place in the source of a durable function at which it may wait. */
export interface Site {
  readonly id: string;
  readonly kind: SiteKind;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** A site as a build knows it. Other versions of the code are compared with it. */
export interface SiteRecord extends Site {
  /** What is called with which arguments, as a hash; layout, comments, types and names of local variables don't count. */
  readonly print: string;
  /** The constructs around it, from the outside: `for/if.then/closure`. */
  readonly path: string;
  /**
   * What decides which of its calls is which, where a loop or a closure calls it again and again: hashes of the elements of the
   * list, or of the calls of the closure. A call of a closure that is in no loop has a hash that begins with `=`. Undefined where
   * the site is reached once, and in builds that recorded no rounds.
   */
  readonly rounds?: readonly string[];
  /** The places of the random values that it depends on in their sequences, as a hash. Undefined if it depends on none. */
  readonly draws?: string;
  /** Of each read of the clock that it depends on, how many sites are before it in the source. */
  readonly clocks?: readonly number[];
}

/** What a build knows of one durable function. */
export interface Manifest {
  /** The id of the function. */
  readonly fn: string;
  /** Relative to the root of the project, with forward slashes. */
  readonly file: string;
  /** The line of the function; none in manifests without a flow. */
  readonly line?: number;
  /** A hash of the code. */
  readonly version: string;
  /** In source order. */
  readonly sites: readonly SiteRecord[];
  /** A lock keeps the ids: where a call is inserted or removed, the others keep theirs. */
  readonly locked?: true;
  /** The flow of control, as a text that `readFlow` reads; none where an earlier compiler wrote it. */
  readonly flow?: string;
}

/**
 * What a site of the old code is in the new code, if it is not simply the same:
 * - `changed`: the same call with other arguments, and surely the same call;
 * - `uncertain`: calls of one name were inserted, removed or exchanged, so the ids may belong to other calls; or the call has
 *   arguments that are random values or times, and these are others now.
 */
export interface ManifestDifference {
  readonly kind: 'changed' | 'uncertain';
  /** The calls are the same. Random values or times that they depend on aren't. */
  readonly isDrawn?: true;
  readonly old: SiteRecord;
  readonly now: SiteRecord;
}

/**
 * The sites of two versions of a function whose ids are the same and whose calls are not. Ids count calls of one name in
 * source order, unless a lock keeps them, so it is calls of one name that are compared. Sites that are gone or new aren't among
 * the differences: of these a replay finds out by itself.
 */
export function compareManifests(old: Manifest, now: Manifest): ReadonlyMap<string, ManifestDifference> {
  const differences = new Map<string, ManifestDifference>();
  const groups = groupsOf(now.sites);
  const anchors = anchorsOf(old, now);
  const isLocked = old.locked === true && now.locked === true;
  for (const [base, before] of groupsOf(old.sites)) {
    const group = groupOf(before, groups.get(base) ?? [], isLocked);
    for (const difference of compareGroup(group, anchors)) differences.set(difference.old.id, difference);
  }
  for (const difference of compareDraws(old, now))
    if (differences.get(difference.old.id)?.kind !== 'uncertain')
      differences.set(difference.old.id, difference);
  return differences;
}

/** The id without its number: the name that is called. A name given by hand ends with a quotation mark. */
export const baseOf = (id: string): string => id.replace(/#\d+$/, '');

/** The sites by the names that they call. */
function groupsOf(sites: readonly SiteRecord[]): ReadonlyMap<string, readonly SiteRecord[]> {
  const groups = new Map<string, SiteRecord[]>();
  for (const site of sites) {
    const group = groups.get(baseOf(site.id));
    if (group === undefined) groups.set(baseOf(site.id), [site]);
    else group.push(site);
  }
  return groups;
}

/** The sites of one name in two versions of a function. */
interface Group {
  readonly old: readonly SiteRecord[];
  /** The sites with the same ids. */
  readonly pairs: readonly Pair[];
  readonly removed: readonly SiteRecord[];
  readonly added: readonly SiteRecord[];
  /** Both versions have their ids from a lock. */
  readonly isLocked: boolean;
}

function groupOf(old: readonly SiteRecord[], now: readonly SiteRecord[], isLocked: boolean): Group {
  const left = new Map(now.map((site) => [site.id, site]));
  const pairs: Pair[] = [];
  const removed: SiteRecord[] = [];
  for (const site of old) {
    const twin = left.get(site.id);
    if (twin === undefined) removed.push(site);
    else pairs.push({ old: site, now: twin });
    left.delete(site.id);
  }
  return { old, pairs, removed, added: [...left.values()], isLocked };
}

function compareGroup(group: Group, anchors: Anchors): readonly ManifestDifference[] {
  const rounds = group.pairs.flatMap((pair) => {
    const kind = compareRounds(pair.old.rounds, pair.now.rounds);
    return kind === undefined ? [] : [{ kind, ...pair }];
  });
  // The last one about a site counts.
  return [
    ...rounds.filter(({ kind }) => kind === 'changed'),
    ...compareCalls(group, anchors),
    ...rounds.filter(({ kind }) => kind === 'uncertain'),
  ];
}

/** Calls whose arguments are other random values or times than those that they were recorded with. */
function compareDraws(old: Manifest, now: Manifest): readonly ManifestDifference[] {
  const twins = new Map(now.sites.map((site) => [site.id, site]));
  const idsOf = ({ sites }: Manifest): readonly string[] =>
    sites.toSorted((one, other) => one.line - other.line || one.column - other.column).map(({ id }) => id);
  const [oldIds, nowIds] = [idsOf(old), idsOf(now)];
  const isClockMoved = (before: number, after: number): boolean => {
    const then = oldIds.slice(0, before).filter((id) => twins.has(id));
    const known = new Set(oldIds);
    const since = new Set(nowIds.slice(0, after).filter((id) => known.has(id)));
    return then.length !== since.size || then.some((id) => !since.has(id));
  };
  return old.sites.flatMap((site) => {
    const twin = twins.get(site.id);
    if (twin === undefined) return [];
    const isDrawn = site.draws !== undefined && twin.draws !== undefined && site.draws !== twin.draws;
    const { clocks: before = [] } = site;
    const { clocks: after = [] } = twin;
    const isMoved =
      before.length === after.length && before.some((place, index) => isClockMoved(place, after[index]!));
    return isDrawn || isMoved ? [{ kind: 'uncertain', isDrawn: true, old: site, now: twin }] : [];
  });
}

/** Elements at the end of a list and calls behind all others don't change which call is which. */
function compareRounds(
  old: SiteRecord['rounds'],
  now: SiteRecord['rounds'],
): ManifestDifference['kind'] | undefined {
  if (old === undefined || now === undefined || old.every((round, index) => now[index] === round))
    return undefined;
  const isOneCall = [old, now].every((rounds) => rounds.length === 1 && rounds[0]?.startsWith('='));
  return isOneCall ? 'changed' : 'uncertain';
}

function compareCalls(group: Group, anchors: Anchors): readonly ManifestDifference[] {
  const { old, pairs, removed, added } = group;
  const changed = pairs.filter((pair) => pair.now.print !== pair.old.print);
  const [first] = changed;
  if (first === undefined) return [];
  const isOnly = old.length === 1 && added.length === 0;
  if (isOnly) return [{ kind: 'changed', ...first }];
  if (isMoved(group, changed)) {
    // From the first one on, ids may belong to other calls, although the calls look the same.
    return pairs.slice(pairs.indexOf(first)).map((pair) => ({ kind: 'uncertain', ...pair }));
  }
  const rivals = [
    ...changed,
    ...removed.map((site) => ({ old: site })),
    ...added.map((site) => ({ now: site })),
  ];
  return changed.map((pair) => ({ ...pair, kind: isAlone(pair, rivals, anchors) ? 'changed' : 'uncertain' }));
}

/** Whether calls have other ids than before. Without a lock, an inserted or removed call shifts the ids of those behind it. */
function isMoved({ removed, added, isLocked }: Group, changed: readonly Pair[]): boolean {
  if (!isLocked && removed.length + added.length > 0) return true;
  const prints = new Set([...changed.map(({ now }) => now), ...added].map(({ print }) => print));
  return [...changed.map(({ old }) => old), ...removed].some(({ print }) => prints.has(print));
}

interface Pair {
  readonly old: SiteRecord;
  readonly now: SiteRecord;
}

/** Whether no other changed, added or removed call of the name is between the same unchanged sites and in the same constructs. */
function isAlone(pair: Pair, all: readonly Partial<Pair>[], anchors: Anchors): boolean {
  const place = anchors.old(pair.old);
  if (place !== anchors.now(pair.now)) return false;
  const isHere = ({ old, now }: Partial<Pair>): boolean =>
    (old !== undefined && anchors.old(old) === place) || (now !== undefined && anchors.now(now) === place);
  const rivals = all.filter((other) => other !== pair && isHere(other));
  if (rivals.length === 0) return true;
  return (
    pair.old.path === pair.now.path &&
    rivals.every(({ old, now }) => old?.path !== pair.old.path && now?.path !== pair.now.path)
  );
}

/** The places of sites among those that are the same in both versions. */
interface Anchors {
  old(site: SiteRecord): number;
  now(site: SiteRecord): number;
}

function anchorsOf(old: Manifest, now: Manifest): Anchors {
  const prints = new Map(now.sites.map(({ id, print }) => [id, print]));
  const same = new Set(old.sites.filter(({ id, print }) => prints.get(id) === print).map(({ id }) => id));
  const places = ({ sites }: Manifest): ReadonlyMap<string, number> => {
    let place = 0;
    return new Map(sites.map(({ id }) => [id, same.has(id) ? place++ : place]));
  };
  const before = places(old);
  const after = places(now);
  return { old: ({ id }) => before.get(id) ?? -1, now: ({ id }) => after.get(id) ?? -1 };
}
