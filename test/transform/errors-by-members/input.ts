import { effect, later } from '../../support/effects.ts';
import * as library from '../../support/library-errors.ts';
import { CallError as Failed, Client, createError, Invalid as Wrong, invalid, SecretError, TransportError } from '../../support/library-errors.ts';

// Classes that are reached by members, aliases and other names, that test by marks, and whose subclasses nobody names.
const { NotFoundError } = Client;
const Limit = library.Client['RateLimitError'];
const client = new Client();

namespace Own {
  export class Late extends Error {
    readonly by = 3;
  }
}

async function run<T>(name: string, work: () => T): Promise<Awaited<T>> {
  effect(name);
  await later(1, 0);
  return await work();
}

const raise = (error: Error): never => {
  throw error;
};

export async function main(): Promise<unknown> {
  'use durable';
  const seen: unknown[] = [];
  for (const status of [404, 429, 503]) {
    try {
      await run(`get ${status}`, () => client.get(status));
    } catch (e) {
      if (e instanceof NotFoundError) seen.push(['not found', e.status, e.resource]);
      else if (e instanceof Limit) seen.push(['limit', (e as Error).constructor.name]);
      else if (e instanceof Client.ApiError) seen.push(['api', e.isServerError, e.constructor === library.Client.ApiError]);
    }
  }
  try {
    await run('parse', () => raise(invalid(['name'])));
  } catch (e) {
    const { Invalid: Alias } = library;
    const Again = Alias;
    if (e instanceof Wrong) seen.push(['invalid', e.issues, e instanceof Again, e instanceof Error, Object.keys(e)]);
  }
  try {
    await run('call', () => raise(new Failed(true)));
  } catch (e) {
    seen.push([Failed.isInstance(e), Failed.isInstance(e) && e.retryable, e instanceof Failed]);
  }
  try {
    await run('create', () => raise(createError(409)));
  } catch (e) {
    if (e instanceof createError.Conflict) seen.push([e instanceof createError.HttpError, Reflect.get(e, 'status'), Reflect.get(e, 'expose')]);
  }
  try {
    await run('send', () => raise(new TransportError(404)));
  } catch (e) {
    const { response, config, request, code, data } = e as { [key: string]: any };
    seen.push([response.status, response.data.reason, response.headers.etag, config.method, response.config === config, code, data.reason]);
    seen.push([Boolean(request), config.adapter.length, config.adapter[1]]);
  }
  try {
    await run('secret', () => raise(new SecretError(401)));
  } catch (e) {
    if (e instanceof SecretError) seen.push(['secret', e.status]);
  }
  try {
    await run('late', () => raise(new Own.Late('late')));
  } catch (e) {
    if (e instanceof Own.Late) seen.push(['late', e.by]);
  }
  return seen;
}
