import { ofetch } from 'ofetch';
import pLimit from 'p-limit';
import pMap from 'p-map';

export const close = async () => {};

const limit = pLimit(2);

interface Page {
  readonly title: string;
  readonly links: readonly string[];
}

async function load(path: string): Promise<Page> {
  return await ofetch<Page>(path, { baseURL: process.env.WEB_URL ?? '', retry: 0 });
}

/** Breadth first, two pages at a time. */
export async function main() {
  'use durable';
  const titles = new Map<string, string>();
  let level = ['/site/start'];
  while (level.length > 0) {
    const pages = await Promise.allSettled(level.map((path) => limit(() => load(path))));
    const next = new Set<string>();
    for (const [index, page] of pages.entries()) {
      titles.set(level[index] ?? '', page.status === 'fulfilled' ? page.value.title : 'gone');
      if (page.status === 'fulfilled') for (const link of page.value.links) next.add(link);
    }
    level = [...next].filter((path) => !titles.has(path));
  }
  const again = await pMap(['/site/a', '/site/b'], (path) => load(path), { concurrency: 1 });
  return { titles, again: again.map(({ links }) => links.length) };
}
