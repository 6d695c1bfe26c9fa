/** What a durable function shows of its run: `setAttributes` and the like. */

import { type AttributeChanges, checkChanges } from '../base/attributes.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { primitiveOf, type Showing } from '../functions/primitive-tags.ts';
import type { ScopeContext } from './place.ts';

const SHOWING: Readonly<Record<Showing, (place: ScopeContext, args: readonly never[]) => void>> = {
  setAttributes: ({ run }, [changes]: readonly AttributeChanges[]) => {
    const checked = checkChanges('setAttributes', changes as AttributeChanges);
    run.backend.setAttributes?.(checked);
  },
};

/** A call of one of them, which is carried out at once. */
export const performShowing = (place: ScopeContext, name: Showing, args: readonly unknown[]): void =>
  SHOWING[name](place, args as readonly never[]);

/** `setAttributes` and the like, as the source calls it by any name; another function is what it is. */
export function showing(place: ScopeContext, fn: unknown): AnyFunction {
  const name = primitiveOf(fn);
  return name !== undefined && isShowing(name)
    ? (...args) => performShowing(place, name, args)
    : (fn as AnyFunction);
}

const isShowing = (name: string): name is Showing => Object.hasOwn(SHOWING, name);
