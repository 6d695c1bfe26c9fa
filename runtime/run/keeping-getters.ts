import { types } from 'node:util';

/**
 * Whether a getter returns what its object keeps: `return this.#ready`, and the forms that make it at the first read. To read
 * such a getter once more does nothing that the next read would not do. It is told by its source, and by that of the method that it
 * calls: `return this.connect()`.
 */
export function isKeeping(getter: () => unknown, holder: object): boolean {
  const source = sourceOf(getter);
  const called = DELEGATING.exec(source)?.groups?.called;
  if (called === undefined) return isKept(source);
  const method = methodOf(holder, called);
  return method !== undefined && !types.isAsyncFunction(method) && isKept(sourceOf(method));
}

export const sourceOf = (code: () => unknown): string => Function.prototype.toString.call(code);

function methodOf(holder: object, name: string): (() => unknown) | undefined {
  for (let at: unknown = holder; at !== null; at = Object.getPrototypeOf(at)) {
    if (types.isProxy(at)) return undefined;
    const member = Object.getOwnPropertyDescriptor(at, name);
    if (member !== undefined) return typeof member.value === 'function' ? member.value : undefined;
  }
  return undefined;
}

function isKept(source: string): boolean {
  const parts = KEEPING.exec(source)?.groups;
  if (parts === undefined) return false;
  const { inBlock, assigned = inBlock, first = assigned, kept } = parts;
  return first === undefined || first === kept;
}

const DELEGATING = /^[^{]*\{\s*return\s+this\.(?<called>[\w$]+)\(\s*\);?\s*\}$/;

/** A member of the object, or a variable. */
const PLACE = '[\\w$.#]+';
/** `(!this.#ready)`, `(this.isOpen() === false)` */
const CONDITION = '\\((?:[^();]|\\([^();]*\\))*\\)';

const KEPT = '(?:\\?\\?|\\|\\|)=[^;]*';
const ONCE = `if\\s*${CONDITION}\\s*(?:(?<assigned>${PLACE})\\s*=[^;=][^;]*;|\\{\\s*(?<inBlock>${PLACE})\\s*=[^;=][^;]*;?\\s*\\};?)`;
/** `|| (this.#ready = open())`; minified, `||(this.#ready=open()),this.#ready`. */
const OR_MADE = '(?:\\?\\?|\\|\\|)\\s*\\(\\k<kept>\\s*=[^;=][^;]*\\)(?:\\s*,\\s*\\k<kept>)?';

/** `if (!this.#ready) this.#ready = open(); return this.#ready;`, `return (this.#ready ??= open());` */
const KEEPING = new RegExp(
  `^[^{]*\\{\\s*(?:${ONCE}|(?<first>${PLACE})\\s*${KEPT};)?\\s*` +
    `return\\s+\\(?(?<kept>${PLACE})\\s*(?:${KEPT}|${OR_MADE})?\\)?;?\\s*\\}$`,
);
