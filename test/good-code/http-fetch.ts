import { sleep, step } from 'use-durable';

class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP ${status}`);
  }
  get retryable(): boolean {
    return this.status >= 500;
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}
type Repo = { name: string; stars: number; topics?: string[]; owner: { login: string; url: URL } };

async function getJson<T>(url: string | URL, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new HttpError(response.status, await response.text());
  return (await response.json()) as T;
}

async function retry<T>(work: () => Promise<T>, times: number): Promise<T> {
  'use durable';
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= times || !(error instanceof HttpError && error.retryable)) throw error;
      await sleep(2 ** attempt * 1000);
    }
  }
}

export default async function crawl(owner: string, limit = 100): Promise<{ repos: Repo[]; etag: string | null; headers: Headers }> {
  'use durable';
  const first = await fetch(`https://api.example.org/${owner}`, { headers: { accept: 'application/json' } });
  if (first.status === 404) throw new HttpError(404, await first.text());
  const clone = first.clone();
  const profile = (await first.json()) as { repos: string };
  const etag = clone.headers.get('etag');
  const text = await fetch('https://example.org/robots.txt').then((response) => response.text());
  const repos: Repo[] = [];
  let url: string | undefined = profile.repos;
  while (url && repos.length < limit) {
    const page: Page<Repo> = await retry(() => getJson<Page<Repo>>(url!), 3);
    repos.push(...page.items);
    url = page.next;
  }
  const [slow, fast] = await Promise.allSettled([getJson<Repo>('a'), getJson<unknown>('b')]);
  if (slow.status === 'fulfilled') repos.push(slow.value);
  else console.error(slow.reason);
  const winner = await Promise.race([getJson<{ a: 1 }>('c'), sleep('10s').then(() => undefined)]);
  const sum = await step('sum', () => repos.reduce((total, { stars }) => total + stars, 0));
  console.info(`${text.length} ${sum} ${fast.status} ${winner?.a} ${Math.round(performance.now())}`);
  repos.sort((a, b) => b.stars - a.stars);
  return { repos, etag, headers: first.headers };
}
