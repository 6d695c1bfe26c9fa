/**
 * Which sites and scopes of the code are those of the lock. What is the same gets its id back: calls with the same fingerprint
 * first, in order, then moved ones, then calls of one function with other arguments, at the same place, where there are as many as
 * before. All else is new. A wrong id would do no harm: when a run is resumed, the fingerprints of both versions are compared,
 * and where it isn't certain which call is which, the run is blocked, as it is without a lock.
 */
import {
  calleeIn,
  idIn,
  isScope,
  type LockedFunction,
  type LockedScope,
  type LockedSite,
  numbered,
} from '../base/locked.ts';
import { align, type Pairs } from './align.ts';

/** A site of the code. */
export interface CodeSite {
  readonly kind: string;
  /** The callee as written. */
  readonly name: string;
  readonly print: string;
  readonly path: string;
  /** The index of the scope that it is in. */
  readonly scope: number | undefined;
}

/** A closure of the code that has a scope. */
export interface CodeScope {
  readonly name: string;
  readonly print: string;
}

/** The ids in the lock of what is in the code, by index; undefined for what is new. */
export interface Matches {
  readonly sites: readonly (string | undefined)[];
  readonly scopes: readonly (string | undefined)[];
}

export function match(
  locked: LockedFunction,
  sites: readonly CodeSite[],
  scopes: readonly CodeScope[],
): Matches {
  const siteIds = new SiteMatching(locked, sites).ids();
  return { sites: siteIds, scopes: new ScopeMatching(locked, sites, scopes, siteIds).ids() };
}

/** Pairs of entries of the lock with entries of the code, each of which is in one pair at most. */
class Pairing<Old extends LockedSite | LockedScope, Now> {
  readonly old: readonly Old[];
  readonly now: readonly Now[];
  readonly byNow = new Map<number, Old>();
  readonly #taken = new Set<Old>();

  constructor(old: readonly Old[], now: readonly Now[]) {
    this.old = old;
    this.now = now;
  }

  pair(old: Old, now: number): void {
    this.#taken.add(old);
    this.byNow.set(now, old);
  }

  isFree = (old: Old): boolean => !this.#taken.has(old);

  freeOld(): readonly Old[] {
    return this.old.filter(this.isFree);
  }

  freeNow(): readonly number[] {
    return this.now.flatMap((_, index) => (this.byNow.has(index) ? [] : [index]));
  }

  /** Pairs what is left and has the same text, the first with the first. */
  pairByText(old: readonly Old[], textOfOld: (old: Old) => string, textOfNow: (now: Now) => string): void {
    const waiting = new Map<string, Old[]>();
    for (const entry of old) {
      if (!this.isFree(entry)) continue;
      const text = textOfOld(entry);
      const list = waiting.get(text);
      if (list) list.push(entry);
      else waiting.set(text, [entry]);
    }
    for (const index of this.freeNow()) {
      const entry = waiting.get(textOfNow(this.now[index]!))?.shift();
      if (entry !== undefined) this.pair(entry, index);
    }
  }

  ids(): readonly (string | undefined)[] {
    return this.now.map((_, index) => {
      const entry = this.byNow.get(index);
      return entry && idIn(entry);
    });
  }
}

/** A call may be a step or not, as its value is used. The other kinds are different functions. */
const kindOf = ({ kind }: { readonly kind: string }): string => (kind === 'call' ? 'step' : kind);
const nameOf = (old: LockedSite | LockedScope): string => old.name ?? calleeIn(idIn(old));

/** The name of the `since` around a site or scope. Both of its branches may have the same call. */
const guardOf = (name: string): string => /#([A-Za-z][\w.-]*)$/.exec(name)?.[1] ?? '';
const guardIn = (one: LockedSite | LockedScope | CodeSite | CodeScope): string =>
  guardOf(one.name ?? nameOf(one as LockedSite | LockedScope));

const exactly = (site: LockedSite | CodeSite): string => `${kindOf(site)} ${guardIn(site)} ${site.print}`;
const exactPrint = (scope: LockedScope | CodeScope): string => `${guardIn(scope)} ${scope.print}`;
const inPlace = (site: LockedSite | CodeSite): string => `${exactly(site)} ${site.path}`;

class SiteMatching {
  private readonly pairing: Pairing<LockedSite, CodeSite>;
  private readonly retired: readonly LockedSite[];

  constructor(locked: LockedFunction, now: readonly CodeSite[]) {
    this.pairing = new Pairing(locked.sites, now);
    this.retired = locked.retired.filter((entry): entry is LockedSite => !isScope(entry));
  }

  ids(): readonly (string | undefined)[] {
    const { pairing, retired } = this;
    const { old, now } = pairing;
    const [oldTexts, nowTexts] = [old.map(exactly), now.map(exactly)];
    const score = (o: number, n: number): number => {
      if (oldTexts[o] !== nowTexts[n]) return 0;
      return old[o]!.path === now[n]!.path ? 3 : 2;
    };
    const anchors = align(old.length, now.length, score);
    for (const [o, n] of anchors) pairing.pair(old[o]!, n);
    for (const text of [inPlace, exactly]) pairing.pairByText(old, text, text);
    // The same call as one that was removed before.
    for (const text of [inPlace, exactly]) pairing.pairByText(retired, text, text);
    this.pairUnguarded();
    this.pairChanged(anchors);
    return pairing.ids();
  }

  /** A branch of `since` that is all that is left, since no run takes the other one any more. */
  private pairUnguarded(): void {
    const text = (site: LockedSite | CodeSite): string => `${kindOf(site)} ${site.print}`;
    this.pairing.pairByText(
      this.pairing.freeOld().filter((site) => guardIn(site) !== ''),
      text,
      (site) => (guardIn(site) === '' ? text(site) : ''),
    );
  }

  /** Other arguments, in the same place: where just one call of the function can be the one of before. */
  private pairChanged(anchors: Pairs): void {
    const { pairing } = this;
    const { old, now } = pairing;
    const [oldGaps, nowGaps] = [
      gaps(
        old.length,
        anchors.map(([o]) => o),
      ),
      gaps(
        now.length,
        anchors.map(([, n]) => n),
      ),
    ];
    const gapOfOld = new Map(old.map((site, index) => [site, oldGaps[index]]));
    const placeOfOld = (site: LockedSite): string => `${gapOfOld.get(site)} ${kindOf(site)} ${nameOf(site)}`;
    const placeOfNow = (index: number): string =>
      `${nowGaps[index]} ${kindOf(now[index]!)} ${now[index]!.name}`;
    const withPath = [
      (site: LockedSite): string => `${placeOfOld(site)} ${site.path}`,
      (index: number): string => `${placeOfNow(index)} ${now[index]!.path}`,
    ] as const;
    this.pairAlike(placeOfOld, placeOfNow, 1);
    this.pairAlike(...withPath, 1);
    // Perhaps the same, perhaps not: the ids stay, and the comparison at run time is not certain and blocks runs.
    this.pairAlike(...withPath, Number.POSITIVE_INFINITY);
    this.pairAlike(placeOfOld, placeOfNow, Number.POSITIVE_INFINITY);
  }

  /** Pairs what has one text in order, where there are as many of it on either side, and not more than `most`. */
  private pairAlike(
    textOfOld: (old: LockedSite) => string,
    textOfNow: (now: number) => string,
    most: number,
  ): void {
    const old = grouped(this.pairing.freeOld(), textOfOld);
    for (const [text, now] of grouped(this.pairing.freeNow(), textOfNow)) {
      const before = old.get(text) ?? [];
      if (before.length === now.length && now.length <= most)
        for (const [at, index] of now.entries()) this.pairing.pair(before[at]!, index);
    }
  }
}

/** For each index, the number of marks before it. */
function gaps(length: number, marks: readonly number[]): readonly number[] {
  const all = new Set(marks);
  let count = 0;
  return Array.from({ length }, (_, index) => (all.has(index) ? count++ : count));
}

function grouped<T>(list: readonly T[], textOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const text = textOf(one);
    const group = groups.get(text);
    if (group) group.push(one);
    else groups.set(text, [one]);
  }
  return groups;
}

/** A scope that got the id of another one has keys that no journal has, so a wrong pair leads to a blocked run and no further. */
class ScopeMatching {
  private readonly locked: LockedFunction;
  private readonly pairing: Pairing<LockedScope, CodeScope>;
  /** The scopes of the lock from which the sites of each scope of the code come. */
  private readonly origins = new Map<number, Set<string | undefined>>();
  /** The scopes of the code to which the sites of each scope of the lock have come. */
  private readonly goals = new Map<string, Set<number | undefined>>();

  constructor(
    locked: LockedFunction,
    sites: readonly CodeSite[],
    scopes: readonly CodeScope[],
    siteIds: readonly (string | undefined)[],
  ) {
    this.locked = locked;
    this.pairing = new Pairing(locked.scopes, scopes);
    const scopeOf = new Map(locked.sites.map((site) => [site.id, site.in]));
    for (const [index, { scope }] of sites.entries()) {
      const id = siteIds[index];
      if (id === undefined || !scopeOf.has(id)) continue;
      const from = scopeOf.get(id);
      if (scope !== undefined) added(this.origins, scope, from);
      if (from !== undefined) added(this.goals, from, scope);
    }
  }

  ids(): readonly (string | undefined)[] {
    const { pairing } = this;
    const { old, now } = pairing;
    const score = (o: number, n: number): number => {
      if (exactPrint(old[o]!) !== exactPrint(now[n]!)) return 0;
      return nameOf(old[o]!) === now[n]!.name ? 3 : 2;
    };
    for (const [o, n] of align(old.length, now.length, score)) pairing.pair(old[o]!, n);
    pairing.pairByText(old, exactPrint, exactPrint);
    this.pairBySites();
    this.pairByName();
    pairing.pairByText(this.locked.retired.filter(isScope), exactPrint, exactPrint);
    return pairing.ids();
  }

  /** All sites that are known come from one scope, and all of that scope are here. */
  private pairBySites(): void {
    for (const index of this.pairing.freeNow()) {
      const [from, other] = this.origins.get(index) ?? [];
      if (from === undefined || other !== undefined || this.goals.get(from)?.size !== 1) continue;
      const scope = this.pairing.freeOld().find((one) => one.scope === from);
      if (scope) this.pairing.pair(scope, index);
    }
  }

  /** Scopes of one name whose code has changed: in order, if there are as many as before. */
  private pairByName(): void {
    const old = grouped(this.pairing.freeOld(), nameOf);
    for (const [name, now] of grouped(this.pairing.freeNow(), (index) => this.pairing.now[index]!.name)) {
      const before = old.get(name) ?? [];
      if (before.length === now.length)
        for (const [at, index] of now.entries()) this.pairing.pair(before[at]!, index);
    }
  }
}

function added<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

/** Gives ids to what is new: its callee, and a number if the lock has that id for another call. */
export class NewIds {
  private readonly taken: ReadonlySet<string>;
  private readonly counts = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.taken = new Set(taken);
  }

  next(name: string): string {
    for (let count = (this.counts.get(name) ?? 0) + 1; ; count++) {
      const id = numbered(name, count);
      if (this.taken.has(id)) continue;
      this.counts.set(name, count);
      return id;
    }
  }
}
