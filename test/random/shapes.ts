/** A random program before it has a text: trees of choices, which fast-check knows how to shrink. */
export interface Expr {
  readonly kind: string;
  readonly a: number;
  readonly x?: Expr | undefined;
  readonly y?: Expr | undefined;
}

export interface Stmt {
  readonly kind: string;
  /** Choices among variants and names. */
  readonly a: number;
  readonly b: number;
  readonly x: Expr;
  readonly y: Expr;
  readonly one: readonly Stmt[];
  readonly two: readonly Stmt[];
}

export interface Shape {
  readonly wild: boolean;
  /** Written without the semicolons that line breaks replace; see `withPunctuation` for the numbers. */
  readonly bare?: readonly number[] | undefined;
  /** Other durable functions. */
  readonly durables: readonly {
    readonly form: number;
    readonly statements: readonly Stmt[];
    readonly result: Expr;
  }[];
  readonly statements: readonly Stmt[];
}
