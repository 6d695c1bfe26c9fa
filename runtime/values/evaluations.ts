/**
 * Classes that were loaded several times, with the modules that name them: by two bundles of one app, or from two folders in which
 * one package is installed. Each function has the classes that were loaded with it.
 */
import { state } from '../base/process-state.ts';

/** Where a module was loaded from. What belongs together is in one file, if it is bundled, or in one installed package. */
export interface Home {
  readonly file: string | undefined;
  readonly folder: string | undefined;
}

/** A function that says where its module was loaded from. It is asked only if a class was loaded several times. */
export interface Loaded {
  readonly home: Home;
}

interface Entry {
  readonly prototype: object;
}

interface Evaluation<E extends Entry> {
  /** A function of the module that names the class. */
  readonly by: Loaded;
  readonly entry: E;
}

/** By the names of the classes, the latest last. */
const evaluations = state.evaluations as Map<string, readonly Evaluation<Entry>[]>;

/** Remembers a class under the name that the module of a function has for it. */
export function addEvaluation(name: string, entry: Entry, by: Loaded): void {
  const others = (evaluations.get(name) ?? []).filter(
    (one) => one.entry.prototype === entry.prototype || one.by.home.file !== by.home.file,
  );
  evaluations.set(name, [...others, { by, entry }]);
}

/** The class of a name that was loaded with a function; by default the latest. */
export function evaluationFor<E extends Entry>(name: string, latest: E, asking: Loaded): E {
  const all = (evaluations.get(name) ?? []) as readonly Evaluation<E>[];
  if (all.every(({ entry }) => entry.prototype === latest.prototype)) return latest;
  const { file, folder } = asking.home;
  const near =
    all.findLast(({ by }) => file !== undefined && by.home.file === file) ??
    all.findLast(({ by }) => folder !== undefined && by.home.folder === folder);
  return near?.entry ?? latest;
}
