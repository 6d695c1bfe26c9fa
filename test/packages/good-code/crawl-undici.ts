import { fetch, request } from 'undici';

export const close = async () => {};

const base = process.env.WEB_URL ?? '';

/** What came of one page, with its body read: a body can't wait for the next process. */
async function load(path: string) {
  const { statusCode, headers, body } = await request(base + path);
  const page = (await body.json()) as { links?: string[]; title?: string };
  return { statusCode, type: headers['content-type'], ...page };
}

export async function main() {
  'use durable';
  const queue = ['/site/start'];
  const seen = new Map<string, string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (seen.has(path)) continue;
    const { statusCode, title = '', links = [] } = await load(path);
    seen.set(path, statusCode === 200 ? title : String(statusCode));
    queue.push(...links);
  }
  const response = await fetch(`${base}/site/robots`);
  return { seen, robots: response.ok ? await response.json() : response.status };
}
