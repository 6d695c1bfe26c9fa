/**
 * Whether a getter returns what its object keeps: `return this.#ready`, and the forms that make it at the first read. To read
 * such a getter once more does nothing that the next read would not do. It is told by its source.
 */
export function isKeeping(getter: (this: unknown) => unknown): boolean {
  const parts = KEEPING.exec(Function.prototype.toString.call(getter))?.groups;
  if (parts === undefined) return false;
  const { inBlock, assigned = inBlock, first = assigned, kept } = parts;
  return first === undefined || first === kept;
}

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
