import { type Course, differencesOf, type Mark, Reach, type Region } from './course.ts';
import { baseOf, compareManifests, type Manifest, type SiteRecord } from './manifest.ts';
import { withoutNewBranches } from './new-branches.ts';

/** One version of a durable function, as far as it is known. */
export interface KnownCode {
  readonly manifest: Manifest;
  /** Undefined where the source isn't at hand. */
  readonly course?: Course | undefined;
}

/**
 * - `added`, `removed`, `moved`: a call;
 * - `arguments`: a call gets other arguments; its recorded outcome is kept;
 * - `uncertain`: calls of one name were inserted, removed or exchanged, so it isn't certain which is which;
 * - `decision`: something that decides which calls come, or in which order;
 * - `drifting`: the arguments of a call may be changed while it is under way, so another version may call it with other values;
 * - `unknown`: the source of the old version isn't at hand, so what decides between the calls can't be compared;
 * - `gone`: the function isn't there any more.
 */
export type EditKind =
  | 'added'
  | 'removed'
  | 'moved'
  | 'arguments'
  | 'uncertain'
  | 'decision'
  | 'drifting'
  | 'unknown'
  | 'gone';

/**
 * What becomes of runs under way:
 * - `free`: they go on;
 * - `passed`: those that have recorded something at or behind the edit may be parked; the others go on;
 * - `breaking`: all that have recorded anything may be parked.
 */
export type Freedom = 'free' | 'passed' | 'breaking';

export interface EditPlace {
  readonly line: number;
  readonly column: number;
}

export interface Edit {
  readonly kind: EditKind;
  readonly verdict: Freedom;
  /** The id of the call, or the name of the construct. */
  readonly what: string;
  readonly old: EditPlace | undefined;
  readonly now: EditPlace | undefined;
  /** Runs that have recorded something of these calls of the old version may be parked. In the order of the code. */
  readonly reached: readonly string[];
}

export interface Verdict {
  readonly fn: string;
  /** The worst of its edits. */
  readonly verdict: Freedom;
  readonly edits: readonly Edit[];
}

/**
 * What an edit of a function does to its runs. It is never called `free` if a run could be parked by it. Whether a certain
 * run is parked depends on the way that it took, so only a replay can say that.
 *
 * @param now undefined if the function is gone
 */
export function judge(old: KnownCode, now: KnownCode | undefined): Verdict {
  const { fn } = old.manifest;
  if (now === undefined) return verdictOf(fn, [gone(old)]);
  if (old.manifest.version === now.manifest.version) return verdictOf(fn, []);
  const ids = old.manifest.sites.map(({ id }) => id);
  const finder = new EditFinder(old, now);
  const edits = finder.find().map((edit) => ({ ...edit, verdict: freedomOf(edit, finder.first ?? ids[0]) }));
  return verdictOf(fn, edits);
}

const ORDER: readonly Freedom[] = ['free', 'passed', 'breaking'];

const verdictOf = (fn: string, edits: readonly Edit[]): Verdict => ({
  fn,
  verdict: ORDER[Math.max(0, ...edits.map(({ verdict }) => ORDER.indexOf(verdict)))]!,
  edits,
});

function freedomOf({ reached }: Pick<Edit, 'reached'>, first: string | undefined): Freedom {
  if (reached.length === 0) return 'free';
  return first !== undefined && reached.includes(first) ? 'breaking' : 'passed';
}

const gone = ({ manifest: { fn, sites } }: KnownCode): Edit => ({
  kind: 'gone',
  verdict: 'breaking',
  what: fn,
  old: undefined,
  now: undefined,
  reached: sites.map(({ id }) => id),
});

/** Edits that are about a call. */
const OF_CALLS: ReadonlySet<EditKind> = new Set(['added', 'removed', 'moved', 'uncertain']);

type FoundEdit = Omit<Edit, 'verdict'>;

class EditFinder {
  /** The call that each run records first. */
  readonly first: string | undefined;
  readonly #old: KnownCode;
  readonly #now: KnownCode;
  readonly #order: readonly string[];

  constructor(old: KnownCode, now: KnownCode) {
    this.#old = old;
    this.#now = now;
    this.first = old.course?.find(({ kind }) => kind === 'call')?.what;
    this.#order = old.course
      ? old.course.filter(({ kind }) => kind === 'call').map(({ what }) => what)
      : old.manifest.sites.map(({ id }) => id);
  }

  find(): readonly FoundEdit[] {
    const { course: before } = this.#old;
    const after =
      before && this.#now.course ? withoutNewBranches(this.#now.course, before) : this.#now.course;
    const ofNames = this.#ofNames();
    const uncertain = new Set(
      ofNames.filter(({ kind }) => kind === 'uncertain').map(({ what }) => baseOf(what)),
    );
    const ofCourse =
      before && after
        ? new CourseEdits(
            byPrints(before, this.#old, uncertain),
            byPrints(after, this.#now, uncertain),
          ).find()
        : [...this.#ofSites(), this.#unknown()];
    const edits = [...ofCourse, ...ofNames, ...(after ? this.#drifting(after) : [])];
    return this.#joined(edits).sort((a, b) => placeOf(a) - placeOf(b));
  }

  /** One edit of each call, and of calls of one name where it isn't certain which is which. */
  #joined(edits: readonly FoundEdit[]): FoundEdit[] {
    const uncertain = new Set(
      edits.filter(({ kind }) => kind === 'uncertain').map(({ what }) => baseOf(what)),
    );
    const groups = new Map<string, FoundEdit[]>();
    for (const [index, edit] of edits.entries()) {
      const ofName = OF_CALLS.has(edit.kind) && uncertain.has(baseOf(edit.what));
      const key = ofName
        ? `name ${baseOf(edit.what)}`
        : edit.kind === 'moved'
          ? `moved ${edit.what}`
          : `${index}`;
      const group = groups.get(key);
      if (group) group.push(edit);
      else groups.set(key, [edit]);
    }
    return [...groups.values()].map((group) => {
      const shown = group.find(({ kind }) => kind === 'uncertain') ?? group[0]!;
      const base = shown.kind === 'uncertain' ? baseOf(shown.what) : undefined;
      const ofName = this.#order.filter((id) => base === baseOf(id));
      const reached = new Set([...group.flatMap((edit) => edit.reached), ...ofName]);
      return { ...shown, reached: this.#order.filter((id) => reached.has(id)) };
    });
  }

  /** Calls whose ids are the same and whose code isn't: a replay judges them by the manifests as well. */
  #ofNames(): readonly FoundEdit[] {
    const differences = [...compareManifests(this.#old.manifest, this.#now.manifest).values()];
    return differences.map(({ kind, old, now }) => ({
      kind: kind === 'changed' ? 'arguments' : 'uncertain',
      what: old.id,
      old: placeIn(old),
      now: placeIn(now),
      // Nothing is recorded of a combinator itself.
      reached: kind === 'changed' || old.kind === 'combinator' ? [] : [old.id],
    }));
  }

  #drifting(course: Course): readonly FoundEdit[] {
    const old = new Map(this.#old.manifest.sites.map((site) => [site.id, site]));
    return course.flatMap((mark) => {
      const site = old.get(mark.what);
      if (mark.kind !== 'call' || !mark.drifts || site === undefined) return [];
      // Of a call that is under way, nothing may be recorded: any run may be there.
      return {
        kind: 'drifting',
        what: mark.what,
        old: placeIn(site),
        now: placeIn(mark),
        reached: this.#order,
      };
    });
  }

  /** Without the source of both sides, as far as manifests go. */
  #ofSites(): readonly FoundEdit[] {
    const course = ({ manifest: { sites } }: KnownCode): Course =>
      sites
        .filter(({ kind }) => kind !== 'combinator')
        .map(({ id, kind, path, line, column }) => ({
          kind: 'call',
          what: id,
          text: `${id} ${kind} ${path}`,
          line,
          column,
        }));
    return new CourseEdits(course(this.#old), course(this.#now)).find();
  }

  #unknown(): FoundEdit {
    return { kind: 'unknown', what: '', old: undefined, now: undefined, reached: this.#order };
  }
}

/** Where ids don't tell which call is which, calls are looked for by what they are given. */
function byPrints(course: Course, { manifest }: KnownCode, names: ReadonlySet<string>): Course {
  if (names.size === 0) return course;
  const prints = new Map(manifest.sites.map(({ id, print }) => [id, print]));
  return course.map((mark) => {
    if (mark.kind !== 'call' || !names.has(baseOf(mark.what))) return mark;
    return { ...mark, text: `call:${baseOf(mark.what)}:${prints.get(mark.what)}` };
  });
}

/** The edits by which one course becomes another. */
class CourseEdits {
  readonly #old: Course;
  readonly #now: Course;
  readonly #reach: Reach;
  readonly #regions: readonly Region[];
  /** Calls that are removed in one place and added in another. */
  readonly #moved: ReadonlyMap<string, Mark>;

  constructor(old: Course, now: Course) {
    this.#old = old;
    this.#now = now;
    this.#reach = new Reach(old);
    this.#regions = differencesOf(old, now);
    const added = new Map(
      this.#regions
        .flatMap((region) => this.#after(region))
        .filter(isCall)
        .map(byId),
    );
    const removed = this.#regions.flatMap((region) => this.#before(region)).filter(isCall);
    this.#moved = new Map(
      removed.flatMap(({ what }) => [[what, added.get(what)!] as const]).filter(([, mark]) => mark),
    );
  }

  find(): readonly FoundEdit[] {
    return this.#regions.flatMap((region) => this.#ofRegion(region));
  }

  #before({ oldStart, oldEnd }: Region): Course {
    return this.#old.slice(oldStart, oldEnd);
  }

  #after({ nowStart, nowEnd }: Region): Course {
    return this.#now.slice(nowStart, nowEnd);
  }

  #ofRegion(region: Region): readonly FoundEdit[] {
    const [before, after] = [this.#before(region), this.#after(region)];
    const reached = this.#reach.from(region.oldStart, this.#isLonger(region));
    const found: FoundEdit[] = [];
    const again = new Map(after.filter(isCall).map(byId));
    const stays = new Set(
      before.filter(({ kind, what }) => kind === 'call' && again.has(what)).map(({ what }) => what),
    );
    for (const mark of before.filter(isCall)) {
      // It is awaited later, or which function it calls is decided in another way.
      if (stays.has(mark.what)) {
        const now = placeIn(again.get(mark.what)!);
        found.push({ kind: 'decision', what: mark.what, old: placeIn(mark), now, reached });
        continue;
      }
      const now = this.#moved.get(mark.what);
      const kind = now ? 'moved' : 'removed';
      found.push({ kind, what: mark.what, old: placeIn(mark), now: now && placeIn(now), reached });
    }
    for (const mark of after.filter(isCall)) {
      if (stays.has(mark.what)) continue;
      // A call that moved towards the start holds up those that it stands before now.
      const kind = this.#moved.has(mark.what) ? 'moved' : 'added';
      const old = this.#old.find(({ kind, what }) => kind === 'call' && what === mark.what);
      found.push({ kind, what: mark.what, old: old && placeIn(old), now: placeIn(mark), reached });
    }
    if (found.length > 0) return found;
    const [old, now] = [decisionIn(before), decisionIn(after)];
    const at = now ?? old;
    if (at === undefined) return [];
    const what = at.kind === 'use' ? 'closure' : at.text.startsWith('open:closure:') ? 'closure' : at.what;
    return [{ kind: 'decision', what, old: old && placeIn(old), now: now && placeIn(now), reached }];
  }

  /** Elements at the end of a list don't change the rounds that there were. */
  #isLonger({ oldStart, oldEnd, nowStart, nowEnd }: Region): boolean {
    const isElements = this.#now
      .slice(nowStart, nowEnd)
      .every(({ kind, what }) => kind === 'part' && what === 'element');
    return oldStart === oldEnd && isElements && this.#old[oldStart]?.kind === 'close';
  }
}

const isCall = ({ kind }: Mark): boolean => kind === 'call';

const byId = (mark: Mark): readonly [string, Mark] => [mark.what, mark];

/** What is shown of several: a construct before its end. */
const decisionIn = (marks: Course): Mark | undefined =>
  marks.find(({ kind }) => kind !== 'close') ?? marks[0];

const placeIn = ({ line, column }: Mark | SiteRecord): EditPlace => ({ line, column });

const placeOf = ({ now, old }: FoundEdit): number => {
  const { line, column } = now ?? old ?? { line: 0, column: 0 };
  return line * 10_000 + column;
};
