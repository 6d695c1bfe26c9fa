/** Durable functions on Restate: `use-durable/restate`. */
export {
  type RestateClient,
  type RestateClientOptions,
  type RestateHandle,
  type RestateStartOptions,
  restateClient,
} from './client.ts';
export { type RestateListener, type RestateOptions, type RestateService, toRestate } from './endpoint.ts';
