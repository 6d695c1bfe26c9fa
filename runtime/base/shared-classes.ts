/**
 * The classes of this package whose instances copies of it hand to each other: the app's runtime catches the `FatalError` of
 * a library's copy. Each is known by its name, under a symbol that all copies agree on, and not by its identity. The name
 * is a literal, so a minifier changes none.
 */
const NAME: unique symbol = Symbol.for('use-durable.class') as never;

/** A class, whatever its constructor takes. */
// biome-ignore lint/complexity/noBannedTypes: `Function` is the only type that every class fits.
type Class = Function & { readonly prototype: object };

/** Gives classes their names, and makes `instanceof` ask for those. */
export function nameClasses(classes: Readonly<Record<string, Class>>): void {
  for (const [name, cls] of Object.entries(classes)) {
    Object.defineProperty(cls, 'name', { value: name, configurable: true });
    Object.defineProperty(cls.prototype, NAME, { value: name });
    Object.defineProperty(cls, Symbol.hasInstance, {
      value(this: unknown, value: unknown): boolean {
        // A class that extends it inherits this function, and is itself known by its identity.
        return this === cls ? isOfClass(value, name) : ordinaryHasInstance.call(this, value);
      },
    });
  }
}

const ordinaryHasInstance = Function.prototype[Symbol.hasInstance];

function isOfClass(value: unknown, name: string): boolean {
  if (typeof value !== 'object' || value === null || Reflect.get(value, NAME) === undefined) return false;
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null)
    if (nameOfPrototype(at) === name) return true;
  return false;
}

/** The name of the class of this package, of any copy, whose prototype this is; undefined for all others. */
export const nameOfPrototype = (prototype: object): string | undefined =>
  Object.getOwnPropertyDescriptor(prototype, NAME)?.value as string | undefined;
