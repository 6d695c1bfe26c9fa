export interface Cancelable extends Promise<string> {
  cancel(): void;
  readonly isCanceled: boolean;
}

/** As the queries of postgres.js, which begin when they are awaited. */
export interface Query extends Promise<string> {
  simple(): this;
}

export declare function work(): Cancelable;
export declare function query(text: string): Query;
