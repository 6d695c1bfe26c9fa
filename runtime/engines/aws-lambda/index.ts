/** `use-durable/aws-lambda`: durable functions on AWS Lambda Durable Functions. */
export { callbackError, callbackResult } from './envelopes.ts';
export { type LambdaHandler, type LambdaOptions, toLambda } from './handler.ts';
