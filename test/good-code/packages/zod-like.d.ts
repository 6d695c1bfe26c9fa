/** Shaped like a schema library: inferred types, brands, results as unions. */
export declare const BRAND: unique symbol;
export interface Schema<T> {
  readonly _output: T;
  parse(value: unknown): T;
  parseAsync(value: unknown): Promise<T>;
  safeParse(value: unknown): { success: true; data: T; error?: never } | { success: false; data?: never; error: ZodError<T> };
  optional(): Schema<T | undefined>;
  nullable(): Schema<T | null>;
  default(value: T): Schema<T>;
  brand<B extends string>(): Schema<T & { readonly [BRAND]: { [K in B]: true } }>;
  transform<U>(fn: (value: T) => U): Schema<U>;
  refine(check: (value: T) => boolean): this;
}
export declare class ZodError<T> extends Error { issues: { path: (string | number)[]; message: string }[]; format(): T; flatten(): { formErrors: string[] } }
type Shape = Record<string, Schema<any>>;
type Flat<T> = { [K in keyof T]: T[K] } & {};
type Infer<S> = S extends Schema<infer T> ? T : never;
export declare namespace z {
  type infer<S> = Infer<S>;
  function string(): Schema<string> & { email(): Schema<string>; uuid(): Schema<string> };
  function number(): Schema<number>;
  function date(): Schema<Date>;
  function array<S extends Schema<any>>(item: S): Schema<Infer<S>[]>;
  function object<S extends Shape>(shape: S): Schema<Flat<{ [K in keyof S]: Infer<S[K]> }>>;
  function discriminatedUnion<S extends Schema<any>>(key: string, members: S[]): Schema<Infer<S>>;
  function literal<const T extends string>(value: T): Schema<T>;
  function lazy<T>(make: () => Schema<T>): Schema<T>;
}
