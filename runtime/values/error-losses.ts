import { pathOf } from './layout.ts';

/** A part of an error that is not carried as it was. */
export interface Loss {
  /** The error that lost it. */
  readonly root: object;
  /** Below the error: `.response.request`. */
  readonly path: string;
  /** "a Socket", "a function". */
  readonly what: string;
  readonly fate: 'left out' | 'data only';
}

/** The path from an error to one of its parts. */
export interface PartPath {
  readonly value: object;
  readonly from: PartPath | undefined;
  /** The end of the path. */
  readonly key: string;
}

/** At most this many losses are listed. */
const MAX_LOSSES = 1_000;

/** The parts that errors lose on their way into the journal. */
export class ErrorLosses {
  readonly list: Loss[] = [];

  /** @param from the object that the part is a member of */
  add(from: PartPath, key: string | symbol, what: string, fate: Loss['fate'] = 'left out'): void {
    let path = typeof key === 'symbol' ? pathOf(key) : key;
    let root = from.value;
    for (let step: PartPath | undefined = from; step !== undefined; step = step.from) {
      path = step.key + path;
      root = step.value;
    }
    if (this.list.length < MAX_LOSSES) this.list.push({ root, path, what, fate });
  }
}
