/** The unfinished runs of a store against the working tree, or against a build of it. */
import {
  acceptedVersion,
  manifestIn,
  type RunJournal,
  recordedSites,
  replayRun,
  runJournal,
  StoreError,
  StoreReader,
} from '../../runtime/tools/runs.ts';
import { type Edit, judge, type Verdict } from '../../runtime/tools.ts';
import { loadModule } from '../base/load-module.ts';
import type { CompiledFunction } from '../compile/compile-project.ts';
import { changeText } from './edit-text.ts';
import { NoComparisonError } from './no-comparison.ts';
import { asContinued, type KnownFunction } from './read-functions.ts';
import { newestOf } from './successor.ts';
import { type MisfitValues, ValuesJudgement } from './values.ts';

/** Runs of one function that meet one fate. */
export interface RunGroup {
  readonly fn: string;
  /**
   * - `goes-on`;
   * - `parked`: the replay found that the journal doesn't fit;
   * - `may-park`: it has recorded something at or behind an edit, and no build was given to replay it;
   * - `unknown`: nothing is known of the code that it was recorded with, or its journal can't be read.
   */
  readonly fate: 'goes-on' | 'parked' | 'may-park' | 'unknown';
  /** Where: `src/checkout.ts:42`; empty where that isn't known. */
  readonly place: string;
  /** Why, in words. */
  readonly reason: string;
  readonly runs: readonly string[];
}

export interface RunsReport {
  readonly store: string;
  readonly isReplayed: boolean;
  readonly total: number;
  readonly groups: readonly RunGroup[];
  /** Recorded values that don't fit what the code expects of them. */
  readonly misfits: readonly MisfitValues[];
}

export interface RunsOptions {
  /** As it was named. */
  readonly store: string;
  /** Modules of the build. Their code at the top level is executed. */
  readonly load: readonly string[];
  /** The functions of the working tree. */
  readonly functions: readonly KnownFunction[];
  /** The same with types. */
  readonly typed: readonly CompiledFunction[];
  /** Older versions whose source is at hand. */
  readonly older: readonly KnownFunction[];
}

/**
 * @param store is closed then
 * @throws ModuleError if the build can't be loaded
 */
export async function judgeRuns(store: StoreReader, options: RunsOptions): Promise<RunsReport> {
  try {
    for (const file of options.load) await loadModule(file);
    const judgement = new RunsJudgement(store, options);
    const values = new ValuesJudgement(options.typed);
    for (const run of store.unfinished()) {
      const recorded = runJournal(store, run);
      if (recorded === undefined) judgement.add(run, UNREADABLE);
      else {
        judgement.add(run, await judgement.fateOf(recorded));
        values.look(recorded);
      }
    }
    const isReplayed = options.load.length > 0;
    return { store: options.store, isReplayed, ...judgement.result(), misfits: values.result() };
  } finally {
    store.close();
  }
}

/** @throws NoComparisonError if it can't be read */
export function openStore(file: string): StoreReader {
  try {
    return new StoreReader(file);
  } catch (error) {
    if (error instanceof StoreError) throw new NoComparisonError(error.message);
    throw error;
  }
}

type Fate = Pick<RunGroup, 'fate' | 'place' | 'reason'>;

const GOES_ON: Fate = { fate: 'goes-on', place: '', reason: '' };
const UNREADABLE: Fate = { fate: 'unknown', place: '', reason: 'its journal is damaged' };
const NO_VERSION: Fate = { fate: 'unknown', place: '', reason: 'its journal names no version of its code' };
const NO_MANIFEST: Fate = {
  fate: 'unknown',
  place: '',
  reason: 'the store has no manifest of the code that it was recorded with',
};

const otherAccepted = (version: string): Fate => ({
  fate: 'may-park',
  place: '',
  reason: `the code version ${version} was accepted for it, and the working tree has another one`,
});

/** What is known of the runs of one version of a function. */
interface OfVersion {
  readonly verdict: Verdict | undefined;
  readonly file: string;
  readonly isKnown: boolean;
}

class RunsJudgement {
  readonly #store: StoreReader;
  readonly #options: RunsOptions;
  readonly #versions = new Map<string, OfVersion>();
  readonly #groups = new Map<string, RunGroup & { readonly runs: string[] }>();
  #total = 0;

  constructor(store: StoreReader, options: RunsOptions) {
    this.#store = store;
    this.#options = options;
  }

  add({ id, fn }: { readonly id: string; readonly fn: string }, { fate, place, reason }: Fate): void {
    this.#total++;
    // The same misfit may be at another event of each run: the first reason stands for all.
    const key = JSON.stringify([fn, fate, place, place === '' ? reason : '']);
    const group = this.#groups.get(key);
    if (group) group.runs.push(id);
    else this.#groups.set(key, { fn, fate, place, reason, runs: [id] });
  }

  result(): Pick<RunsReport, 'total' | 'groups'> {
    const groups = [...this.#groups.values()];
    groups.sort((a, b) => compare(a.fn, b.fn) || compare(a.fate, b.fate) || b.runs.length - a.runs.length);
    return { total: this.#total, groups };
  }

  async fateOf(run: RunJournal): Promise<Fate> {
    const known = this.#fateByAccepted(run) ?? this.#fateByManifests(run);
    if (known.fate === 'goes-on' || this.#options.load.length === 0) return known;
    const manifests = [...run.versions].flatMap(
      ([fn, version]) => manifestIn(this.#store, fn, version) ?? [],
    );
    const replay = await replayRun(run, manifests);
    if (replay === undefined)
      return { fate: 'parked', place: '', reason: 'no module that was loaded has it' };
    if (replay.fits) return GOES_ON;
    return { fate: 'parked', place: placeIn(replay.reason), reason: misfitOf(replay.reason) };
  }

  /** Only the version that was accepted takes the run up, also where its edits are free. */
  #fateByAccepted(run: RunJournal): Fate | undefined {
    const accepted = acceptedVersion(run);
    if (accepted === undefined) return undefined;
    const isThere = this.#options.functions.some(({ manifest }) => manifest.version === accepted);
    return isThere ? undefined : otherAccepted(accepted);
  }

  /** As far as versions and edits tell, without its code. */
  #fateByManifests(run: RunJournal): Fate {
    if (run.versions.size === 0) return NO_VERSION;
    let sites: ReadonlySet<string> | undefined;
    for (const [fn, version] of run.versions) {
      const { verdict, file, isKnown } = this.#ofVersion(fn, version);
      if (!isKnown) return NO_MANIFEST;
      if (verdict === undefined || verdict.verdict === 'free') continue;
      sites ??= recordedSites(run);
      const edit = verdict.edits.find((one) => reaches(one, sites!));
      if (edit !== undefined)
        return { fate: 'may-park', place: placeOf(edit, file), reason: changeText(edit) };
    }
    return GOES_ON;
  }

  #ofVersion(fn: string, version: string): OfVersion {
    const key = `${fn}@${version}`;
    const known = this.#versions.get(key);
    if (known) return known;
    const found = this.#judged(fn, version);
    this.#versions.set(key, found);
    return found;
  }

  /** Of a file that was only moved, workers know the functions again. */
  #isMoved(fn: string, version: string): boolean {
    return this.#options.functions.some(
      ({ module, name, manifest }) =>
        manifest.version === version &&
        module !== undefined &&
        this.#store.setting(`module:${module}#${name}`)?.includes(JSON.stringify(fn)) === true,
    );
  }

  #judged(fn: string, version: string): OfVersion {
    const { functions, older } = this.#options;
    const versions = functions.filter(({ id }) => id === fn);
    const isSame = versions.some(({ manifest }) => manifest.version === version);
    if (isSame) return { verdict: undefined, file: '', isKnown: true };
    const source = older.find(({ id, manifest }) => id === fn && manifest.version === version);
    const manifest = source?.manifest ?? manifestIn(this.#store, fn, version);
    if (manifest === undefined) return { verdict: undefined, file: '', isKnown: false };
    if (versions.length === 0 && this.#isMoved(fn, version))
      return { verdict: undefined, file: '', isKnown: true };
    const newest = newestOf(versions);
    const now = source && newest ? asContinued(source, newest) : newest;
    const verdict = judge({ manifest, course: source?.course }, now);
    return { verdict, file: manifest.file, isKnown: true };
  }
}

/** A function that is gone parks all its runs, and so may an edit of what a call is given that is under way. */
const reaches = ({ kind, verdict, reached }: Edit, sites: ReadonlySet<string>): boolean =>
  verdict !== 'free' && (kind === 'gone' || kind === 'drifting' || reached.some((id) => sites.has(id)));

const placeOf = ({ old, now }: Edit, file: string): string => {
  const at = old ?? now;
  return at ? `${file}:${at.line}` : file;
};

/** What is recorded and what the code asks for, without the ways out. */
function misfitOf(reason: string): string {
  const lines = reason.split('\n');
  const last = lines.findIndex((line) => line.trim().startsWith('the code:'));
  return lines.slice(0, last === -1 ? 1 : last + 1).join('\n');
}

/** The place of what doesn't fit, in the message of a replay. */
const placeIn = (reason: string): string =>
  /recorded:.*?([\w@./-]+\.[cm]?[jt]sx?:\d+)/.exec(reason)?.[1] ??
  /([\w@./-]+\.[cm]?[jt]sx?:\d+)/.exec(reason)?.[1] ??
  '';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
