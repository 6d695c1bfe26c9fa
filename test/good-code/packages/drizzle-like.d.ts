/** Shaped like a query builder: every link a class with a `then`, columns with phantom types. */
export declare const entityKind: unique symbol;
export declare class Column<T> {
  static readonly [entityKind]: string;
  readonly _: { readonly data: T; readonly brand: 'Column' };
  getSQL(): SQL;
  default(value: T): this;
}
export declare class SQL { private readonly chunks: unknown[]; toQuery(): { sql: string; params: unknown[] } }
export declare class Table<C extends Record<string, Column<unknown>>> { readonly _: { readonly columns: C }; readonly $inferSelect: Row<C> }
export type Row<C> = { [K in keyof C]: C[K] extends Column<infer T> ? T : never };
export declare abstract class QueryPromise<T> implements Promise<T> {
  [Symbol.toStringTag]: string;
  then<A = T, B = never>(done?: ((value: T) => A | PromiseLike<A>) | null, failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B>;
  catch<B = never>(failed?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B>;
  finally(done?: (() => void) | null): Promise<T>;
}
export declare class Select<T> extends QueryPromise<T[]> {
  from<C extends Record<string, Column<unknown>>>(table: TableOf<C>): Select<Row<C>>;
  where(condition: SQL): this;
  orderBy(...columns: (Column<unknown> | SQL)[]): this;
  limit(count: number): this;
}
export declare class Insert<C> extends QueryPromise<{ rowCount: number | null; command: string }> {
  values(row: Partial<Row<C>> | Partial<Row<C>>[]): this;
  onConflictDoNothing(): this;
  returning(): QueryPromise<Row<C>[]>;
}
export declare class Update<C> extends QueryPromise<{ rowCount: number | null }> { set(row: Partial<Row<C>>): this; where(condition: SQL): this }
export type TableOf<C extends Record<string, Column<unknown>>> = Table<C> & C;
export declare class Database {
  select(): Select<unknown>;
  insert<C extends Record<string, Column<unknown>>>(table: TableOf<C>): Insert<C>;
  update<C extends Record<string, Column<unknown>>>(table: TableOf<C>): Update<C>;
  transaction<T>(fn: (tx: Database) => Promise<T>): Promise<T>;
}
export declare function drizzle(url: string): Database;
export declare function pgTable<C extends Record<string, Column<unknown>>>(name: string, columns: C): TableOf<C>;
export declare function text(): Column<string>;
export declare function integer(): Column<number>;
export declare function timestamp(): Column<Date>;
export declare function eq<T>(column: Column<T>, value: T): SQL;
export declare function and(...conditions: (SQL | undefined)[]): SQL;
export declare function desc(column: Column<unknown>): SQL;
