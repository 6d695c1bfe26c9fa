/** What tests do with steps: put something in their place, and see how they were called. */
import type { Call, Substitute } from '../context.ts';
import { type AnyFunction, type Definition, definitionOf } from '../definitions.ts';
import { MisuseError, NotCompiledError } from '../errors.ts';
import { siteOf } from '../keys.ts';

/** One call of a step, or of what stands in its place; each attempt is one. */
export interface StepCall {
  readonly runId: string;
  /** The id of the durable function whose source the call stands in. */
  readonly fn: string;
  readonly key: string;
  /** As they were given, not copied. */
  readonly args: readonly unknown[];
}

/** Steps by the name that they are called by here: their key, their id, or their id without the number of the site. */
export type StepImplementations = Readonly<Record<string, AnyFunction>>;

/**
 * The names of a step, the most exact first. For the key `orders.map[2]/chargeCard#2`: the key, `chargeCard#2` and
 * `chargeCard`; a name given by hand comes without the quotation marks that it may have in the key.
 */
export function namesOf(key: string): readonly string[] {
  const site = siteOf(key);
  const base = site.replace(/#\d+$/, '');
  const spoken = base.startsWith('"') ? [JSON.parse(base) as string] : [];
  return [key, site, base, ...spoken];
}

export class StepDirector {
  readonly #everywhere: ReadonlyMap<string, AnyFunction>;
  readonly #of = new Map<Definition, Map<string, AnyFunction>>();
  readonly #calls: StepCall[] = [];

  constructor(steps: StepImplementations = {}) {
    this.#everywhere = new Map(Object.entries(steps));
    for (const [id, implementation] of this.#everywhere) checkImplementation(id, implementation);
  }

  /** @throws NotCompiledError, MisuseError if the function has no such step */
  replace(fn: AnyFunction, id: string, implementation: AnyFunction): void {
    const definition = definitionOf(fn);
    if (definition === undefined) throw new NotCompiledError(`The function "${fn.name}"`);
    checkImplementation(id, implementation);
    const ids = definition.meta.steps.map((site) => site.id);
    if (!ids.some((known) => namesOf(known).includes(siteOf(id)))) {
      throw new MisuseError(`"${definition.id}" has no step "${id}". It has: ${ids.join(', ') || 'none'}.`);
    }
    const replaced = this.#of.get(definition) ?? new Map<string, AnyFunction>();
    this.#of.set(definition, replaced.set(id, implementation));
  }

  /** The calls of the steps with this name so far, in order; without a name, of all steps. */
  calls(name?: string): readonly StepCall[] {
    return this.#calls.filter(({ key }) => name === undefined || namesOf(key).includes(name));
  }

  readonly substitute: Substitute = (call, body) => {
    const implementation = this.#find(call);
    const { runId, definition, key, args } = call;
    return () => {
      this.#calls.push({ runId, fn: definition.id, key, args });
      return implementation === undefined ? body() : implementation(...args);
    };
  };

  #find({ definition, key }: Call): AnyFunction | undefined {
    const own = this.#of.get(definition);
    const names = namesOf(key);
    for (const steps of [own, this.#everywhere]) {
      const name = names.find((candidate) => steps?.has(candidate));
      if (name !== undefined) return steps?.get(name);
    }
    return undefined;
  }
}

function checkImplementation(id: string, implementation: AnyFunction): void {
  if (typeof implementation !== 'function') {
    throw new MisuseError(`What stands in the place of the step "${id}" must be a function.`);
  }
}
