/** A class with any constructor, a private one too: it is never called. */
// biome-ignore lint/complexity/noBannedTypes: `Function` is the only type that a class with a private constructor fits.
export type AnyClass<T = unknown> = Function & { readonly prototype: T };
