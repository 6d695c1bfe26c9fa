/** What a function of one side of a comparison is on the other side. */

export interface Versioned {
  readonly id: string;
  /** The number of its version, where its directive has one. */
  readonly number: number | undefined;
  /** The version of its code. */
  readonly version: string;
  /** A hash of its module. */
  readonly module: string | undefined;
  /** Its names in its file. */
  readonly name: string;
}

/** As the runtime finds the function of a run: by its code, by the number of its version, then the newest with its id. */
export function successorOf<T extends Versioned>(
  old: Versioned,
  before: readonly Versioned[],
  after: readonly T[],
): T | undefined {
  const versions = after.filter(({ id }) => id === old.id);
  const same = versions.find(({ version }) => version === old.version);
  const numbered = versions.find(({ number }) => old.number !== undefined && number === old.number);
  return same ?? numbered ?? newestOf(versions) ?? renamed(old, before, after);
}

/** The version that new runs begin with. */
export const newestOf = <T extends Versioned>(versions: readonly T[]): T | undefined =>
  [...versions].sort((a, b) => age(b) - age(a))[0];

const age = ({ number }: Versioned): number => number ?? Number.POSITIVE_INFINITY;

/** Of a file that was moved and not changed, the runtime knows the functions again. */
function renamed<T extends Versioned>(
  old: Versioned,
  before: readonly Versioned[],
  after: readonly T[],
): T | undefined {
  const known = new Set(before.map(({ id }) => id));
  return after.find(
    (one) =>
      one.module !== undefined && one.module === old.module && one.name === old.name && !known.has(one.id),
  );
}
