/** What `durable.lock.json` keeps of durable functions, so that their ids stay when the code is edited. */

/** The file, beside the `package.json` of its package. */
export const LOCK_FILE = 'durable.lock.json';

/** A site as it was when the lock was written. */
export interface LockedSite {
  readonly id: string;
  readonly kind: string;
  /** The hash of the callee and the arguments, as in the manifest. */
  readonly print: string;
  /** The constructs around it, as in the manifest. */
  readonly path: string;
  readonly rounds?: readonly string[];
  /** The scope that it is in; undefined directly in the function. */
  readonly in?: string;
  /** The callee as written, where the id begins with another name: it was renamed since the id was given. */
  readonly name?: string;
  /** The call as written, on one line and shortened, for people to read. */
  readonly call: string;
}

/** The scope of a closure. Its id is a part of the keys of the steps that the closure calls. */
export interface LockedScope {
  readonly scope: string;
  /** The hash of the parameters and the code of the closure. */
  readonly print: string;
  /** As for sites. */
  readonly name?: string;
}

/** One durable function as it was when the lock was written. */
export interface LockedFunction {
  readonly fn: string;
  /** Relative to the package; undefined where it is part of the id. */
  readonly file?: string;
  /** The code version; undefined for a function that is gone, of which only retired ids are kept. */
  readonly version: string | undefined;
  /** In source order. */
  readonly sites: readonly LockedSite[];
  readonly scopes: readonly LockedScope[];
  /**
   * Sites and scopes that are gone. Journals may still have their ids, so no other call gets them. The same call gets its id
   * back.
   */
  readonly retired: readonly (LockedSite | LockedScope)[];
}

/** All functions of a lock, by their ids. */
export type Lock = ReadonlyMap<string, LockedFunction>;

/** What is wrong with the text of a lock. */
export interface LockProblem {
  /** In the lock, from 1. */
  readonly line: number;
  readonly what: string;
  /** A merge has left it like this, and both sides are in the text: `durable lock` puts them together. */
  readonly isMerge: boolean;
}

/** The lock of the package of a file. */
export interface FileLock {
  /** The file, as messages name it. */
  readonly name: string;
  /** Undefined for a function that the lock doesn't know. */
  of(fn: string): LockedFunction | undefined;
  readonly problem: LockProblem | undefined;
  /** Changes with what the lock has of the functions of a file, by its path in the package. */
  digestOf(path: string): string;
  /** Whether code that the lock doesn't know is an error: not where the lock is written, and not in editors. */
  readonly isStrict: boolean;
}

export const isScope = (entry: LockedSite | LockedScope): entry is LockedScope => !('id' in entry);

/** The id of a site or scope. */
export const idIn = (entry: LockedSite | LockedScope): string => (isScope(entry) ? entry.scope : entry.id);

/** The callee in an id: the id without its number. */
export const calleeIn = (id: string): string => id.replace(/#\d+$/, '');

/** The id of the nth site of a callee: `charge`, `charge#2`. */
export const numbered = (name: string, count: number): string => (count === 1 ? name : `${name}#${count}`);
