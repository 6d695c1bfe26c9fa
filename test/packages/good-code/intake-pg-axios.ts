import axios, { AxiosError } from 'axios';
import pLimit from 'p-limit';
import pg from 'pg';
import { sleep } from 'use-durable';
import { z } from 'zod';

const pool = new pg.Pool({ connectionString: process.env.POSTGRES_URL, max: 2 });
const api = axios.create({ baseURL: process.env.WEB_URL ?? '' });
export const close = () => pool.end();
export const reset = () =>
  pool.query(`drop table if exists intake;
    create table intake (page text primary key, title text not null, links int not null, at timestamptz default now())`);
export const outside = async () =>
  (await pool.query('select page, title, links from intake order by page')).rows;

const Page = z.object({ title: z.string().min(1), links: z.array(z.string().startsWith('/site/')) });

async function load(path: string): Promise<z.infer<typeof Page>> {
  const { data } = await api.get<unknown>(path);
  return Page.parse(data);
}

const keep = (path: string, { title, links }: z.infer<typeof Page>) =>
  pool.query('insert into intake values ($1, $2, $3) on conflict (page) do update set title = $2', [
    path,
    title,
    links.length,
  ]);

/** Pages are read two at a time, checked, and kept; what fails is told by what it is. */
export async function main() {
  'use durable';
  const limit = pLimit(2);
  const failed: string[] = [];
  let kept = 0;
  const take = async (path: string) => {
    try {
      const page = await load(path);
      const { rowCount } = await keep(path, page);
      kept += rowCount ?? 0;
      return page.links;
    } catch (error) {
      if (error instanceof AxiosError) failed.push(`${path}: ${error.response?.status}`);
      else if (error instanceof z.ZodError) failed.push(`${path}: ${error.issues[0]?.path.join('.')}`);
      else throw error;
      return [];
    }
  };
  const first = await take('/site/start');
  await sleep('20ms');
  const rest = await Promise.all(
    [...first, '/site/gone', '/site/robots'].map((path) => limit(() => take(path))),
  );
  const { rows } = await pool.query<{ page: string; at: Date }>('select page, at from intake order by page');
  const summary = Page.safeParse({ title: '', links: rest.flat() });
  return {
    kept,
    failed: failed.toSorted(),
    pages: rows.map(({ page }) => page),
    dated: rows.every(({ at }) => at instanceof Date),
    issues: summary.error?.issues.map(({ code, path }) => [code, path.join('.')]),
  };
}
