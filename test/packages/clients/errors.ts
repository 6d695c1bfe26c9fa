import axios, { AxiosError } from 'axios';
import got, { HTTPError } from 'got';
import createError from 'http-errors';
import ky, { HTTPError as KyError } from 'ky';
import { FetchError, ofetch } from 'ofetch';
import { z } from 'zod';

const url = `${process.env.WEB_URL}/orders/404`;
export const close = async () => {};

const viaAxios = async () => (await axios.get(url)).data as unknown;
const viaGot = async () => await got(url, { retry: { limit: 0 } }).json();
const viaOfetch = async () => await ofetch<unknown>(url, { retry: 0 });
const viaKy = async () => await ky.get(url, { retry: 0 }).json();
const viaHttpErrors = async () => {
  throw createError(404, 'nope', { headers: { a: 'b' } });
};
const parse = async (value: unknown) => z.object({ name: z.string() }).parse(value);

/** What a `catch` asks the errors of libraries for. */
export async function main() {
  'use durable';
  const seen: unknown[] = [];
  try {
    await viaAxios();
  } catch (e) {
    if (e instanceof AxiosError)
      seen.push(['axios', e.response?.status, e.response?.data.reason, e.config?.method, e.code]);
  }
  try {
    await viaGot();
  } catch (e) {
    if (e instanceof HTTPError) seen.push(['got', e.response.statusCode, e.code, e.options.method]);
  }
  try {
    await viaOfetch();
  } catch (e) {
    if (e instanceof FetchError) seen.push(['ofetch', e.status, e.data.reason]);
  }
  try {
    await viaKy();
  } catch (e) {
    if (e instanceof KyError) seen.push(['ky', e.response.status, e.request.method]);
  }
  try {
    await viaHttpErrors();
  } catch (e) {
    if (e instanceof createError.NotFound) seen.push(['http-errors', e.status, e.expose, e.headers]);
  }
  try {
    await parse({ name: 1 });
  } catch (e) {
    if (e instanceof z.ZodError) seen.push(['zod', e.issues.length, e.issues[0]?.path.join('.')]);
  }
  return seen;
}
