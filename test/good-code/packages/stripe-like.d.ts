/** Shaped like an SDK: a class full of resources, results with a `lastResponse`. */
export default Stripe;
declare class Stripe {
  constructor(key: string, config?: { apiVersion?: string; maxNetworkRetries?: number });
  paymentIntents: Stripe.PaymentIntentsResource;
  refunds: { create(params: { payment_intent: string; amount?: number }): Promise<Stripe.Response<Stripe.Refund>> };
  customers: Stripe.CustomersResource;
  on(event: 'request' | 'response', handler: (event: object) => void): void;
}
declare namespace Stripe {
  type Response<T> = T & { lastResponse: { headers: { [key: string]: string }; requestId: string; statusCode: number; apiVersion?: string } };
  type Metadata = { [name: string]: string };
  interface PaymentIntent {
    id: string;
    readonly object: 'payment_intent';
    amount: number;
    status: PaymentIntent.Status;
    customer: string | Customer | DeletedCustomer | null;
    metadata: Metadata;
    latest_charge?: string | Charge | null;
  }
  namespace PaymentIntent { type Status = 'succeeded' | 'requires_action' | 'canceled' }
  interface Charge { id: string; payment_intent: string | PaymentIntent | null; refunds?: ApiList<Refund> | null }
  interface Refund { id: string; charge: string | Charge | null; amount: number }
  interface Customer { id: string; deleted?: void; email: string | null; invoice_prefix?: string }
  interface DeletedCustomer { id: string; deleted: true }
  interface ApiList<T> { object: 'list'; data: Array<T>; has_more: boolean; url: string }
  interface ApiListPromise<T> extends Promise<Response<ApiList<T>>>, AsyncIterableIterator<T> { autoPagingToArray(opts: { limit: number }): Promise<Array<T>>; [Symbol.asyncIterator](): AsyncIterableIterator<T> }
  class PaymentIntentsResource {
    create(params: { amount: number; currency: string; metadata?: Metadata }, options?: { idempotencyKey?: string }): Promise<Response<PaymentIntent>>;
    retrieve(id: string): Promise<Response<PaymentIntent>>;
    cancel(id: string): Promise<Response<PaymentIntent>>;
  }
  class CustomersResource {
    retrieve(id: string): Promise<Response<Customer | DeletedCustomer>>;
    list(params?: { limit?: number }): ApiListPromise<Customer>;
  }
  namespace errors { class StripeError extends Error { readonly type: string; readonly code?: string; readonly raw: unknown } class StripeCardError extends StripeError { readonly decline_code: string } }
}
