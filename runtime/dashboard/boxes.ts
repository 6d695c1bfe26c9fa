import type { FlowSite, FunctionFlow } from '../functions/flow.ts';
import { Places } from '../inspect/places.ts';
import { sitesIn } from '../inspect/walk.ts';
import type { RecordedRun } from '../local/run/recorded-run.ts';
import { keyOfBox } from '../picture/figure-of.ts';

/** Which box of the drawing something belongs to that a run has recorded. */
export class BoxesOfRun {
  /** The file of the function of the run. */
  readonly file: string | undefined;
  readonly #places: Places;
  readonly #own: ReadonlySet<FlowSite>;

  constructor({ record: { fn }, manifests }: RecordedRun) {
    this.file = manifests.get(fn)?.file;
    this.#places = new Places(fn, manifests);
    const { flow } = this.#places;
    const bodies = flow === undefined ? [] : [flow.body, ...flow.functions.map(({ body }) => body)];
    this.#own = new Set(bodies.flatMap(sitesIn));
  }

  get flow(): FunctionFlow | undefined {
    return this.#places.flow;
  }

  /** The box of a key. What another durable function has recorded belongs to the box that calls it. */
  keyOf(key: string): string | undefined {
    for (let path = key; ; path = path.slice(0, path.lastIndexOf('/'))) {
      const { box } = this.#places.find(path);
      if (box !== undefined && this.#own.has(box)) return keyOfBox(box);
      if (!path.includes('/')) return undefined;
    }
  }

  /** The box at a place of the source. */
  at(line: number, column: number): string | undefined {
    const found = [...this.#own].find(({ span }) => span[0] === line && span[1] === column);
    return found && keyOfBox(found);
  }
}
