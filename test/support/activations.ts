import { Keys } from '../../runtime/base/keys.ts';
import type { Definition } from '../../runtime/functions/definition.ts';
import { Scope } from '../../runtime/scope/scope.ts';

/** One call of a durable function, or of a function inside it: the sites that got keys, in their order. */
export interface Activation {
  /** The durable function. */
  readonly fn: string;
  /** The scope of the function inside it. */
  readonly scope: string | undefined;
  readonly sites: { readonly id: string; readonly key: string }[];
  /** The ids of calls that turned out to be durable functions. */
  readonly children: Set<string>;
}

/** As the compiler names the versions of a function. */
const keyOf = ({ id, meta: { number } }: Definition): string =>
  number === undefined ? id : `${id} version ${number}`;

/** Watches which sites are reached while something runs. */
export async function watched<T>(run: () => Promise<T>): Promise<{ result: T; activations: Activation[] }> {
  const activations = new Map<Keys, Activation>();
  const original = { site: Keys.prototype.site, open: Scope.prototype.open, enter: Scope.prototype.enter };
  const of = ({ keys, definition }: Scope, scope?: string): Activation => {
    const known = activations.get(keys) ?? { fn: keyOf(definition), scope, sites: [], children: new Set() };
    activations.set(keys, known);
    return known;
  };
  Scope.prototype.open = function open(this: Scope, id: string) {
    of(this);
    const opened = original.open.call(this, id);
    if (opened instanceof Scope) of(opened, id);
    return opened;
  };
  Scope.prototype.enter = function enter(this: Scope, id, definition) {
    of(this).children.add(id);
    const entered = original.enter.call(this, id, definition);
    if (entered instanceof Scope) of(entered);
    return entered;
  };
  Keys.prototype.site = function site(this: Keys, id: string): string {
    const key = original.site.call(this, id);
    pending.push({ keys: this, id, key });
    return key;
  };
  const pending: { keys: Keys; id: string; key: string }[] = [];
  try {
    const result = await run();
    return { result, activations: collected() };
  } finally {
    Keys.prototype.site = original.site;
    Scope.prototype.open = original.open;
    Scope.prototype.enter = original.enter;
  }

  /** The scope of a run itself is known by what nobody opened. */
  function collected(): Activation[] {
    for (const { keys, id, key } of pending) {
      const known = activations.get(keys) ?? { fn: '', scope: undefined, sites: [], children: new Set() };
      activations.set(keys, known);
      known.sites.push({ id, key });
    }
    return [...activations.values()];
  }
}
