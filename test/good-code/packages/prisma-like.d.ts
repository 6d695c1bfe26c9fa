/** Shaped like a generated client: conditional and mapped types over models, lazy promises, plain data as results. */
export namespace Prisma {
  export type JsonPrimitive = string | number | boolean | null;
  export type JsonValue = JsonPrimitive | JsonObject | JsonArray;
  export interface JsonObject { [Key: string]: JsonValue | undefined }
  export interface JsonArray extends Array<JsonValue> {}
  export interface PrismaPromise<T> extends Promise<T> { [Symbol.toStringTag]: 'PrismaPromise' }
  export type $OrderPayload = {
    name: 'Order';
    objects: { items: $ItemPayload[]; customer: $CustomerPayload };
    scalars: { id: string; status: OrderStatus; totalCents: bigint; notes: JsonValue; createdAt: Date };
  };
  export type $ItemPayload = { name: 'Item'; objects: {}; scalars: { sku: string; quantity: number } };
  export type $CustomerPayload = {
    name: 'Customer';
    objects: { orders: $OrderPayload[] };
    scalars: { id: string; email: string; vip: boolean | null; photo: Uint8Array | null };
  };
  type Payload = { scalars: object; objects: object };
  export type Result<P extends Payload, A> = P['scalars'] &
    (A extends { include: infer I }
      ? {
          [K in keyof I & keyof P['objects']]: P['objects'][K] extends (infer E extends Payload)[]
            ? Result<E, {}>[]
            : P['objects'][K] extends Payload
              ? Result<P['objects'][K], {}>
              : never;
        }
      : {});
  export interface Client<T, Null = never> extends PrismaPromise<T> {
    items<A = {}>(args?: A): PrismaPromise<Result<$ItemPayload, A>[] | Null>;
  }
  export interface Delegate<P extends Payload> {
    findUnique<A>(args: A & { where: Partial<P['scalars']> }): Client<Result<P, A> | null, null>;
    findMany<A>(args?: A): PrismaPromise<Result<P, A>[]>;
    create<A>(args: A & { data: Partial<P['scalars']> }): Client<Result<P, A>>;
    update<A>(args: A & { where: Partial<P['scalars']>; data: Partial<P['scalars']> }): Client<Result<P, A>>;
    count(args?: object): PrismaPromise<number>;
    groupBy<K extends keyof P['scalars']>(args: { by: K[] }): PrismaPromise<(Pick<P['scalars'], K> & { _count: { _all: number } })[]>;
  }
  export type TransactionClient = Omit<PrismaClient, '$connect' | '$transaction'>;
}
export type OrderStatus = (typeof OrderStatus)[keyof typeof OrderStatus];
export const OrderStatus: { PENDING: 'PENDING'; PAID: 'PAID'; SHIPPED: 'SHIPPED' };
export class PrismaClient {
  get order(): Prisma.Delegate<Prisma.$OrderPayload>;
  get customer(): Prisma.Delegate<Prisma.$CustomerPayload>;
  $connect(): Promise<void>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): Prisma.PrismaPromise<number>;
  $queryRaw<T = unknown>(query: TemplateStringsArray, ...values: unknown[]): Prisma.PrismaPromise<T>;
  $transaction<R>(fn: (tx: Prisma.TransactionClient) => Promise<R>): Promise<R>;
}
