/**
 * The text of `durable.lock.json`: JSON, sorted by function, with one line for each site, so that a merge shows sites. There are
 * no line numbers of the source in it, since each edit would change them.
 */
import {
  idIn,
  isScope,
  type Lock,
  type LockedFunction,
  type LockedScope,
  type LockedSite,
  type LockProblem,
} from '../base/locked.ts';
import { entryOf, entryText } from './entry-shapes.ts';

/** The version of the format. */
const FORMAT = 1;

export function lockText(lock: Lock): string {
  const functions = [...lock.values()].sort((a, b) => (a.fn < b.fn ? -1 : 1)).map(functionText);
  const list = functions.length === 0 ? '' : `\n${functions.join(',\n')}\n  `;
  return `{\n  "format": ${FORMAT},\n  "functions": [${list}]\n}\n`;
}

function functionText({ fn, file, version, sites, scopes, retired }: LockedFunction): string {
  const parts = [`"fn": ${JSON.stringify(fn)}`];
  if (file !== undefined) parts.push(`"file": ${JSON.stringify(file)}`);
  if (version !== undefined) parts.push(`"version": ${JSON.stringify(version)}`);
  parts.push(listText('sites', sites));
  if (scopes.length > 0) parts.push(listText('scopes', scopes));
  if (retired.length > 0) parts.push(listText('retired', retired));
  return `    {\n      ${parts.join(',\n      ')}\n    }`;
}

const listText = (name: string, entries: readonly (LockedSite | LockedScope)[]): string =>
  entries.length === 0
    ? `"${name}": []`
    : `"${name}": [\n        ${entries.map(entryText).join(',\n        ')}\n      ]`;

/** Reads the text of a lock. Formatters may have changed its layout; nothing else may be other than it was written. */
export function readLockText(text: string): { readonly lock: Lock } | { readonly problem: LockProblem } {
  const source = text.replace(/^\uFEFF/, '');
  let data: unknown;
  try {
    data = JSON.parse(source);
  } catch {
    return { problem: syntaxProblem(source) };
  }
  try {
    return { lock: new Reading(source).lock(data) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { problem: error.problem };
  }
}

class Refused extends Error {
  readonly problem: LockProblem;

  constructor(problem: LockProblem) {
    super(problem.what);
    this.problem = problem;
  }
}

/** Reads parsed JSON, and counts what it reads, so that it can find the line of something that is wrong. */
class Reading {
  private readonly source: string;
  private functions = 0;
  private entries = 0;

  constructor(source: string) {
    this.source = source;
  }

  lock(data: unknown): Lock {
    const { format, functions } = isRecord(data) ? data : this.refuse(1, 'it is no lock');
    const at = lineAt(this.source, /(?<!\\)"format"\s*:/g, 1);
    if (typeof format !== 'number') this.refuse(at, 'it has no "format"');
    if (format > FORMAT)
      this.refuse(
        at,
        `it has format ${format}, and this version of use-durable knows ${FORMAT}: install the version that wrote it`,
      );
    if (format !== FORMAT) this.refuse(at, `there is no format ${format}`);
    if (!Array.isArray(functions)) this.refuse(at, 'it has no list of "functions"');
    const lock = new Map<string, LockedFunction>();
    for (const given of functions as unknown[]) {
      const locked = this.function(given);
      if (lock.has(locked.fn)) this.refuseFunction(`the function ${locked.fn} is listed twice`, true);
      lock.set(locked.fn, locked);
    }
    return lock;
  }

  private function(given: unknown): LockedFunction {
    this.functions++;
    const { fn, file, version, sites, scopes = [], retired = [] } = isRecord(given) ? given : {};
    if (typeof fn !== 'string' || fn === '')
      return this.refuse(
        lineAt(this.source, /(?<!\\)"sites"\s*:/g, this.functions),
        'a function without "fn"',
      );
    for (const [name, text] of Object.entries({ file, version }))
      if (text !== undefined && typeof text !== 'string')
        this.refuseFunction(`the "${name}" of ${fn} is no text`);
    if (![sites, scopes, retired].every(Array.isArray))
      this.refuseFunction(`the sites, scopes or retired ids of ${fn} are no list`);
    const taken = new Set<string>();
    const read = (list: unknown): (LockedSite | LockedScope)[] =>
      (list as unknown[]).map((one) => this.entry(one, taken));
    const [first, second, third] = [read(sites), read(scopes), read(retired)];
    if (first.some(isScope) || !second.every(isScope))
      this.refuseFunction(`the sites and scopes of ${fn} are mixed up`);
    return {
      fn,
      ...(file !== undefined && { file: file as string }),
      version: version as string | undefined,
      sites: first as LockedSite[],
      scopes: second as LockedScope[],
      retired: third,
    };
  }

  private entry(given: unknown, taken: Set<string>): LockedSite | LockedScope {
    this.entries++;
    const entry = entryOf(given);
    if (typeof entry === 'string') return this.refuseEntry(entry);
    const name = `${isScope(entry) ? 'scope' : 'site'} ${idIn(entry)}`;
    if (taken.has(name)) this.refuseEntry(`the ${name} is listed twice in one function`, true);
    taken.add(name);
    return entry;
  }

  private refuse(line: number, what: string, isMerge = false): never {
    throw new Refused({ line, what, isMerge });
  }

  private refuseFunction(what: string, isMerge = false): never {
    return this.refuse(lineAt(this.source, /(?<!\\)"fn"\s*:/g, this.functions), what, isMerge);
  }

  private refuseEntry(what: string, isMerge = false): never {
    // A scope that a site is in is not the beginning of an entry.
    return this.refuse(lineAt(this.source, /\{\s*"(?:id|scope|sum)"\s*:/g, this.entries), what, isMerge);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The line of the nth match; 1 where there are fewer. */
function lineAt(source: string, pattern: RegExp, nth: number): number {
  let count = 0;
  for (const { index } of source.matchAll(pattern)) if (++count === nth) return lineOf(source, index);
  return 1;
}

const lineOf = (source: string, index: number): number => source.slice(0, index).split('\n').length;

const MARKER = /^(?:<{7}|\|{7}|={7}|>{7})(?: |\r?$)/m;

function syntaxProblem(source: string): LockProblem {
  const marker = MARKER.exec(source);
  if (marker !== null)
    return {
      line: lineOf(source, marker.index),
      what: 'a merge has left its conflict markers',
      isMerge: true,
    };
  const lines = source.split(/\r?\n/).map((line) => line.trim());
  const at = lines.findIndex((line) => !isLine(line));
  const last = lines.findLastIndex((line) => line !== '');
  if (at !== -1 && at !== last) return { line: at + 1, what: 'this is no JSON', isMerge: false };
  if (at !== -1 || lines[last] !== '}')
    return { line: Math.max(last, 0) + 1, what: 'the text ends too early', isMerge: false };
  // A merge that saw no conflict.
  return { line: misplacedComma(lines) + 1, what: 'a comma is missing or too much', isMerge: true };
}

/** The index of the first line whose comma doesn't fit the line behind it. */
function misplacedComma(lines: readonly string[]): number {
  const found = lines.findIndex((line, index) => {
    const next = lines[index + 1] ?? '';
    const isLast = next === '' || /^[\]}]/.test(next);
    if (!/[\]}"\d],?$/.test(line)) return false;
    return line.endsWith(',') === isLast;
  });
  return Math.max(found, 0);
}

const FRAME =
  /^(?:|[{}[\]]+,?|"format": \d+,|"functions": \[\]?|"(?:fn|file|version)": "(?:[^"\\]|\\.)*",|"(?:sites|scopes|retired)": \[(?:\],?)?)$/;

/** Whether a line is one of those that locks are made of. */
function isLine(line: string): boolean {
  if (!line.startsWith('{"')) return FRAME.test(line);
  try {
    JSON.parse(line.replace(/,$/, ''));
    return true;
  } catch {
    return false;
  }
}
