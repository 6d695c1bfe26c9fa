/** Lambda functions that aren't durable: they get their event, and give their value. */
import type { LambdaHandler } from '../aws-lambda/handler.ts';
import type { ErrorObject } from '../aws-lambda/sdk.ts';

/**
 * A function without `withDurableExecution`, as Lambda calls it: with its event, and for its value.
 */
// biome-ignore lint/suspicious/noExplicitAny: the types of an event and of Lambda's context are its author's
export type OrdinaryHandler = (event: any, context: any) => unknown;

/** How it ended, in JSON as Lambda has it. */
export type OrdinaryEnd = { readonly result: string } | { readonly error: ErrorObject };

/** Handlers that were found to be durable. */
const durable = new WeakSet<object>();

/** A durable handler refuses every other event than that of its service with these words, before it does anything else. */
const REFUSAL = 'Unexpected payload provided to start the durable execution.';

/** Some of its operations are in a journal, so it needs no trial. */
export const knowDurable = (handler: LambdaHandler | OrdinaryHandler): void => void durable.add(handler);

/**
 * Calls a handler with its event; undefined if it turns out to be a durable one, of which nothing was carried out then. That
 * can't be seen from outside: `withDurableExecution` returns a function like any other, and it may be wrapped in another.
 */
export async function callPlainly(
  handler: LambdaHandler | OrdinaryHandler,
  payload: string | undefined,
  context: object,
): Promise<OrdinaryEnd | undefined> {
  if (durable.has(handler)) return undefined;
  try {
    const event: unknown = payload === undefined ? undefined : JSON.parse(payload);
    const value = await (handler as OrdinaryHandler)(event, context);
    // What is no JSON (undefined, a function) is null there.
    return { result: JSON.stringify(value) ?? 'null' };
  } catch (error) {
    if (!(error instanceof Error)) return { error: { ErrorType: 'Error', ErrorMessage: String(error) } };
    if (error.message.startsWith(REFUSAL)) {
      durable.add(handler);
      return undefined;
    }
    return { error: { ErrorType: error.name, ErrorMessage: error.message } };
  }
}
