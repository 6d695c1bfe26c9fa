/** Values that runs have recorded, against the types that the code expects. */
import { type RecordedValue, type RunJournal, recordedValues } from '../../runtime/tools/runs.ts';
import { type Misfit, misfitOf } from '../../transformer/shapes/fits.ts';
import type { RecordedShape } from '../../transformer/shapes/recorded-shapes.ts';
import { shapeOfValue } from '../../transformer/shapes/value-shape.ts';
import type { CompiledFunction } from '../compile/compile-project.ts';
import { newestOf } from './successor.ts';

/** So many values of each call are looked at, in each version of the code that recorded them. */
const MOST_VALUES = 100;

/** Values of one call that don't fit what the code expects. */
export interface MisfitValues extends Misfit {
  readonly fn: string;
  /** The code version that recorded them. */
  readonly version: string;
  /** The id of the call; empty for the input of the function. */
  readonly what: string;
  /** Where the code uses them: `src/checkout.ts:42`. */
  readonly place: string;
  /** How many were looked at. */
  readonly looked: number;
  /** The runs of those that don't fit. The misfit is that of the first. */
  readonly runs: readonly string[];
}

interface Looked {
  count: number;
  misfit: Misfit | undefined;
  readonly runs: Set<string>;
}

interface Expected {
  readonly fn: string;
  readonly version: string;
  readonly shape: RecordedShape;
  readonly file: string;
  readonly looked: Looked;
}

type OfVersion = ReadonlyMap<string, Expected>;

/** Collects what doesn't fit, over the runs of a store. */
export class ValuesJudgement {
  readonly #functions: readonly CompiledFunction[];
  readonly #versions = new Map<string, OfVersion>();

  constructor(functions: readonly CompiledFunction[]) {
    this.#functions = functions;
  }

  look(run: RunJournal): void {
    const versions = [...run.versions].map(([fn, version]) => ({ fn, of: this.#ofVersion(fn, version) }));
    if (versions.every(({ of }) => of.size === 0)) return;
    for (const recorded of recordedValues(run)) {
      const expected = expectedOf(versions, run.fn, recorded);
      if (expected === undefined || expected.looked.count >= MOST_VALUES) continue;
      const { looked, shape } = expected;
      const value = recorded.read();
      if (value === undefined) continue;
      looked.count++;
      const misfit = shape.expected && misfitOf(shapeOfValue(value.of), shape.expected);
      if (misfit === undefined) continue;
      looked.misfit ??= misfit;
      looked.runs.add(run.id);
    }
  }

  result(): readonly MisfitValues[] {
    const all = [...this.#versions.values()].flatMap((of) => [...of.values()]);
    return all.flatMap(({ fn, version, shape: { id, line }, file, looked: { count, misfit, runs } }) =>
      misfit
        ? [{ fn, version, what: id, place: `${file}:${line}`, looked: count, runs: [...runs], ...misfit }]
        : [],
    );
  }

  #ofVersion(fn: string, version: string): OfVersion {
    const key = `${fn}@${version}`;
    const known = this.#versions.get(key);
    if (known) return known;
    const versions = this.#functions.filter(({ id }) => id === fn);
    const now = versions.find((one) => one.version === version) ?? newestOf(versions);
    const used = (now?.shapes ?? []).filter(({ expected }) => expected !== undefined);
    const found = new Map(
      used.map((shape): [string, Expected] => {
        const looked: Looked = { count: 0, misfit: undefined, runs: new Set() };
        return [shape.id, { fn, version, shape, file: now!.file, looked }];
      }),
    );
    this.#versions.set(key, found);
    return found;
  }
}

/** The call that a value is of. One of a function that the run calls is known where no other has a call with the id. */
function expectedOf(
  versions: readonly { readonly fn: string; readonly of: OfVersion }[],
  fn: string,
  { site, isOuter }: RecordedValue,
): Expected | undefined {
  if (isOuter) return versions.find((one) => one.fn === fn)?.of.get(site);
  const found = versions.flatMap(({ of }) => of.get(site) ?? []);
  return found.length === 1 && site !== '' ? found[0] : undefined;
}
