/** What tests do with steps: put something in their place, and see how they were called. */

import { types } from 'node:util';
import { MisuseError } from '../../base/errors.ts';
import { calleeIn, siteOf } from '../../base/keys.ts';
import {
  closedDuringStep,
  functionHasNoStep,
  replacementNoFunction,
  stepUnknown,
} from '../../base/messages/testing.ts';
import type { AnyFunction, Definition } from '../../functions/definition.ts';
import { compiledDefinition, definitions } from '../../functions/definitions.ts';
import type { Call, Substitute } from '../../run/test-hooks.ts';

/** One call of a step, or of its replacement; each attempt is one. */
export interface StepCall {
  readonly runId: string;
  /** The id of the durable function whose source contains the call. */
  readonly fn: string;
  readonly key: string;
  /** As they were given, not copied. */
  readonly args: readonly unknown[];
}

/** A replacement of a step that calls an `F`. It may return a value where `F` returns a promise. */
export type Replacement<F extends AnyFunction = AnyFunction> = (
  ...args: Parameters<F>
) => ReturnType<F> | Awaited<ReturnType<F>>;

/** Steps by the name that they are called by here: their key, their id, or their id without the number of the site. */
export type StepImplementations = Readonly<Record<string, AnyFunction>>;

/**
 * The names of a step, the most exact first. For the key `orders.map[2]/chargeCard#2`: the key, `chargeCard#2` and
 * `chargeCard`; a name given by hand comes without the quotation marks that it may have in the key.
 */
export function namesOf(key: string): readonly string[] {
  const site = siteOf(key);
  const base = calleeIn(site);
  const spoken = base.startsWith('"') ? [JSON.parse(base) as string] : [];
  return [key, site, base, ...spoken];
}

export class StepDirector {
  readonly #everywhere: ReadonlyMap<string, AnyFunction>;
  readonly #of = new Map<Definition, Map<string, AnyFunction>>();
  /** As `unused` names them. */
  readonly #used = new Set<string>();
  readonly #calls: StepCall[] = [];
  /** What ends the steps that are under way. */
  readonly #open = new Set<() => void>();

  /** @throws MisuseError */
  constructor(steps: StepImplementations = {}) {
    this.#everywhere = new Map(Object.entries(steps));
    for (const [id, implementation] of this.#everywhere) checkImplementation(id, implementation);
  }

  /** @throws MisuseError if no durable function that has been loaded has a step of one of the names given at first */
  check(): void {
    for (const name of this.#everywhere.keys()) assertStep('The option steps', name);
  }

  /** @throws NotCompiledError, MisuseError if the function has no such step */
  replace(fn: AnyFunction, id: string, implementation: AnyFunction): void {
    const definition = compiledDefinition(fn, `The function "${fn.name}"`);
    checkImplementation(id, implementation);
    if (!hasStep(definition, id)) {
      const ids = definition.meta.steps.map((site) => site.id);
      throw new MisuseError(functionHasNoStep(definition.id, id, ids.join(', ') || 'none'));
    }
    const replaced = this.#of.get(definition) ?? new Map<string, AnyFunction>();
    this.#of.set(definition, replaced.set(id, implementation));
  }

  /**
   * The calls of the steps with this name so far, in order; without a name, of all steps.
   *
   * @throws MisuseError if no durable function has such a step
   */
  calls(name?: string): readonly StepCall[] {
    if (name !== undefined) assertStep('calls()', name);
    return this.#calls.filter(({ key }) => name === undefined || namesOf(key).includes(name));
  }

  /** The names of the replacements that nothing has called. */
  unused(): readonly string[] {
    const own = [...this.#of].flatMap(([{ id }, steps]) =>
      [...steps.keys()].map((name) => `${name} of ${id}`),
    );
    return [...this.#everywhere.keys(), ...own].filter((name) => !this.#used.has(name));
  }

  readonly substitute: Substitute = (call, body) => {
    const found = this.#find(call);
    const { runId, definition, key, args } = call;
    return () => {
      this.#calls.push({ runId, fn: definition.id, key, args });
      if (found === undefined) return this.#watch(body());
      const { name, implementation } = found;
      this.#used.add(name);
      return this.#watch(implementation(...args));
    };
  };

  /** Steps that are under way come to their end here. */
  end(): void {
    for (const reject of this.#open) reject();
  }

  #watch(result: unknown): unknown {
    if (!types.isPromise(result)) return result;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new MisuseError(closedDuringStep()));
      this.#open.add(stop);
      result.then(resolve, reject).finally(() => this.#open.delete(stop));
    });
  }

  #find({
    definition,
    key,
  }: Call): { readonly name: string; readonly implementation: AnyFunction } | undefined {
    const names = namesOf(key);
    const search = (steps: ReadonlyMap<string, AnyFunction> | undefined, of = '') => {
      const name = names.find((candidate) => steps?.has(candidate));
      const implementation = name === undefined ? undefined : steps?.get(name);
      return implementation && { name: name + of, implementation };
    };
    return search(this.#of.get(definition), ` of ${definition.id}`) ?? search(this.#everywhere);
  }
}

/** @throws MisuseError if no durable function that was imported has a step that is called by this name */
function assertStep(where: string, name: string): void {
  const functions = definitions();
  if (functions.some((definition) => hasStep(definition, name))) return;
  const ids = functions.flatMap(({ meta }) => meta.steps.map(({ id }) => id));
  throw new MisuseError(stepUnknown(where, name, similar(name, ids)));
}

/** Whether the function has a step that is called by this name. One whose name is computed may have any. */
function hasStep({ meta }: Definition, name: string): boolean {
  const site = siteOf(name);
  return meta.steps.some(({ id }) => namesOf(id).includes(site) || /(^|\.)step(#\d+)?$/.test(id));
}

/** A hint for a name that was misspelt, or has another case. */
function similar(name: string, ids: readonly string[]): string {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const letters = (text: string): string => [...plain(text)].sort().join('');
  const near = ids.filter((id) => {
    const known = namesOf(id).map((other) => plain(other));
    return known.some((other) => other.endsWith(plain(name)) || letters(other) === letters(name));
  });
  return near.length === 0 ? '' : ` Did you mean "${near[0]}"?`;
}

function checkImplementation(id: string, implementation: AnyFunction): void {
  if (typeof implementation !== 'function') {
    throw new MisuseError(replacementNoFunction(id));
  }
}
