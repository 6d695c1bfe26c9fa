import { createHash } from 'node:crypto';

/** What a line tells of: what the seed does to the workers, what comes from outside, and what the workers do. */
type Subject = 'fault' | 'world' | 'work';

interface Line {
  readonly subject: Subject;
  readonly text: string;
}

/** All that happened in a simulation, in order. */
export class Trace {
  readonly #lines: Line[] = [];
  readonly #hash = createHash('sha256');
  readonly #now: () => number;

  /** @param now virtual time since the beginning, in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(subject: Subject, who: string, what: string): void {
    const text = `${String(this.#now()).padStart(7)} ${who.padEnd(6)} ${what}`;
    this.#lines.push({ subject, text });
    this.#hash.update(`${text}\n`);
  }

  get length(): number {
    return this.#lines.length;
  }

  /** The whole of it. */
  text(): string {
    return this.#lines.map(({ text }) => text).join('\n');
  }

  /** The faults, and all that names one of these; the whole where nothing is named. */
  about(names: readonly string[]): string {
    if (names.length === 0) return this.text();
    const named = new RegExp(`(^|\\W)(${names.join('|')})($|\\W)`);
    return this.#lines
      .filter(({ subject, text }) => subject === 'fault' || named.test(text))
      .map(({ text }) => text)
      .join('\n');
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
