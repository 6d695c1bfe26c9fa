/**
 * Types of the platform, as the project knows them that uses this package: from the library "dom", or from @types/node. In one
 * that has neither, the declarations of this package still compile.
 */
type Global<Found, Fallback> = [Found] extends [never] ? Fallback : Found;

export type WebRequest = Global<
  typeof globalThis extends { Request: { prototype: infer Found } } ? Found : never,
  object
>;

export type WebResponse = Global<
  typeof globalThis extends { Response: { prototype: infer Found } } ? Found : never,
  object
>;

export type WebAbortSignal = Global<
  typeof globalThis extends { AbortSignal: { prototype: infer Found } } ? Found : never,
  { readonly aborted: boolean; readonly reason: unknown }
>;

export type WebConsole = Global<typeof globalThis extends { console: infer Found } ? Found : never, object>;
