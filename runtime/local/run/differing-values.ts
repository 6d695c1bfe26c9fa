type Values<V> = ReadonlyMap<string, V>;

const NONE: Values<never> = new Map<string, never>();

/** Values by name as the code of a run has set them, beside those that the store has. */
export class DifferingValues<V> {
  readonly #textOf: (value: V) => string;
  #set: Values<V>;
  #stored: Values<V>;
  #underway: Values<V> | undefined;

  /** @param textOf the same text for equal values */
  constructor(
    textOf: (value: V) => string,
    set: Readonly<Record<string, V>> | undefined,
    stored: Readonly<Record<string, V>> | undefined,
  ) {
    this.#textOf = textOf;
    this.#set = set === undefined ? NONE : new Map(Object.entries(set));
    this.#stored = stored === undefined ? NONE : stored === set ? this.#set : new Map(Object.entries(stored));
  }

  /** The values with some of them changed; null removes one. */
  with(changes: Readonly<Record<string, V | null>>): Values<V> {
    const changed = new Map(this.#set);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) changed.delete(name);
      else changed.set(name, value);
    }
    return changed;
  }

  set(values: Values<V>): void {
    this.#set = values;
  }

  get differ(): boolean {
    return this.#set !== this.#stored && Object.keys(this.#difference()).length > 0;
  }

  /** What makes the values of the store those that are set; undefined for nothing. */
  take(): Readonly<Record<string, V | null>> | undefined {
    if (!this.differ) return undefined;
    this.#underway = this.#set;
    return this.#difference();
  }

  /** What was taken is in the store. */
  confirm(): void {
    this.#stored = this.#underway ?? this.#stored;
    this.#underway = undefined;
  }

  #difference(): Record<string, V | null> {
    const changed = (name: string, value: V): boolean => {
      const stored = this.#stored.get(name);
      return stored === undefined || this.#textOf(stored) !== this.#textOf(value);
    };
    const removed = [...this.#stored.keys()].filter((name) => !this.#set.has(name));
    return Object.fromEntries([
      ...[...this.#set].filter(([name, value]) => changed(name, value)),
      ...removed.map((name): [string, null] => [name, null]),
    ]);
  }
}
