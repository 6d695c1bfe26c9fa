import { Buffer } from 'node:buffer';
import type { Refusal } from './refusal.ts';

/** An answer in JSON, as every answer of ours is. */
export function json(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(value);
  return new Response(text, {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      // A server that gets a stream doesn't know its length.
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}

export const refusalResponse = ({ status, code, message, headers }: Refusal): Response =>
  json(status, { code, message }, headers);
