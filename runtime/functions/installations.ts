/** The folders from which modules were loaded, to find packages that are installed twice. */
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder in which a package is installed. */
export interface Installation {
  readonly folder: string;
  readonly version: string | undefined;
}

/** The stack of a call, from which the calling file can be read. It costs nothing until it is read. */
export class Origin {
  readonly #trace: { readonly stack?: string } = {};
  #path: string | null | undefined;

  /** @param below a function whose caller it is about */
  constructor(below: (...args: never) => unknown) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 1;
    Error.captureStackTrace(this.#trace, below);
    Error.stackTraceLimit = stackTraceLimit;
  }

  /** Undefined where that isn't known, or is no file. */
  get path(): string | undefined {
    if (this.#path === undefined) this.#path = pathIn(String(this.#trace.stack)) ?? null;
    return this.#path ?? undefined;
  }
}

/** Of the first call in a stack. */
function pathIn(stack: string): string | undefined {
  const place = /^ +at (?:.*? \()?(.+?):\d+(?::\d+)?\)?$/m.exec(stack)?.[1]?.replace(/[?#].*$/, '');
  if (place === undefined) return undefined;
  try {
    if (place.startsWith('file:')) return fileURLToPath(place);
  } catch {
    return undefined;
  }
  return /^(\/|[a-zA-Z]:[\\/])/.test(place) ? place : undefined;
}

const known = new Map<string, Installation | undefined>();

/**
 * The folder of the package to which a file belongs; undefined if no folder of that name contains it, as for a bundle.
 *
 * @param name of the package; undefined if it has none: then its copies can't be distinguished from parts of one project
 */
export function installationOf(path: string, name: string | undefined): Installation | undefined {
  if (name === undefined) return undefined;
  for (let folder = dirname(path), above = ''; folder !== above; above = folder, folder = dirname(folder)) {
    const found = packageIn(folder);
    if (found !== undefined && found.name === name) return installed(folder, found.version);
    // The nearest one that has a name is the one that the file belongs to.
    if (found?.name !== undefined) return undefined;
  }
  return undefined;
}

function installed(folder: string, version: unknown): Installation | undefined {
  if (!known.has(folder)) known.set(folder, realInstallation(folder, version));
  return known.get(folder);
}

function realInstallation(folder: string, version: unknown): Installation | undefined {
  try {
    // One that is linked into many places is one.
    return { folder: realpathSync(folder), version: typeof version === 'string' ? version : undefined };
  } catch {
    return undefined;
  }
}

function packageIn(folder: string): { readonly name?: string; readonly version?: unknown } | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof found === 'object' && found !== null ? found : undefined;
  } catch {
    return undefined;
  }
}
