/**
 * Keys: how a site becomes unique in its run. A key is the path of its scope, the site id, and from the second
 * occurrence in that scope on the count: `checkStatus`, `checkStatus[1]`, `items.map[3]/charge`. Journals live by
 * them, so nothing here may change without a new journal version.
 */

/** Counts the occurrences of site ids and of scopes in one scope, and returns keys. */
export class Keys {
  readonly #prefix: string;
  #sites: Map<string, number> | undefined;
  #scopes: Map<string, number> | undefined;

  /** `path` is the key of the scope itself; the root scope of a run has the empty path. */
  constructor(path: string) {
    this.#prefix = path === '' ? '' : `${path}/`;
  }

  /** The key of the next occurrence of a site. */
  site(id: string): string {
    this.#sites ??= new Map();
    return this.#next(this.#sites, id);
  }

  /** The path of the next scope under a name; scopes are counted on their own, since theirs is a prefix. */
  scope(id: string): string {
    this.#scopes ??= new Map();
    return this.#next(this.#scopes, id);
  }

  #next(counts: Map<string, number>, id: string): string {
    const seen = counts.get(id) ?? 0;
    counts.set(id, seen + 1);
    return seen === 0 ? this.#prefix + id : `${this.#prefix}${id}[${seen}]`;
  }
}

const RESERVED = /[/[\]"#]/;

/**
 * The site id of a name given by hand, `step('charge card', ...)`. A generated id is a callee as written, so it has no
 * space and no hyphen, and it doesn't start with a quotation mark: a name with a space or a hyphen stays as it is, any
 * other is put in quotation marks, so that the two can't collide.
 */
export const handName = (name: string): string =>
  /[ -]/.test(name) && !RESERVED.test(name) ? name : JSON.stringify(name);

const QUOTED_TAIL = /"(?:[^"\\]|\\.)*"(?:#[\w.-]+)*$/;

/** The site id in a key: its last segment, without the count. */
export function siteOf(key: string): string {
  const counted = key.replace(/\[\d+\]$/, '');
  const quoted = QUOTED_TAIL.exec(counted);
  if (quoted !== null && (quoted.index === 0 || counted[quoted.index - 1] === '/')) return quoted[0];
  return counted.slice(counted.lastIndexOf('/') + 1);
}

/** What a site calls: its id without its number, and without the branch that it is in (`charge#fraud-check#2`); `order.#charge` is a private method. */
export const calleeIn = (id: string): string => id.replace(/(?<!\.)(?:#[\w.-]+)+$/, '');
