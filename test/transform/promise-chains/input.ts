import { effect, fail, later } from '../../support/effects.ts';

interface Reply {
  readonly status: number;
  json(): Promise<{ n: number }>;
}

async function request(path: string): Promise<Reply> {
  effect(`request ${path}`);
  if (path === '/down') return fail(1, new Error('down'));
  return later(1, { status: 200, json: () => later(1, { n: path.length }) });
}

class Query {
  readonly parts: string[];
  constructor(parts: string[]) {
    this.parts = parts;
  }
  from(table: string): Query {
    return new Query([...this.parts, `from ${table}`]);
  }
  where(condition: string): Query {
    return new Query([...this.parts, `where ${condition}`]);
  }
  async all(): Promise<string> {
    effect(this.parts.join(' '));
    return later(1, this.parts.join(' '));
  }
}

const db = {
  select: (columns: string) => new Query([`select ${columns}`]),
};

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  let i = 0;
  // Pure: one step each.
  out.push(await request(`/${i++}`).then((r) => r.json()));
  out.push(await request('/b').then((r) => r.json()).then(({ n }) => n + 1));
  out.push(await request('/down').catch((error: Error) => `failed: ${error.message}`));
  out.push(await request('/c').then((r) => r.status, () => 0).finally(() => effect('finally')));
  const id = 5;
  out.push(await db.select('*').from('t').where(`id = ${id}`).all());
  out.push((await db.select('a').from('u').all()).length);
  const started = request('/s').then((r) => r.json());
  out.push((await started).n);
  // Chains that touch variables of the function: their callbacks are workflow code.
  await job('push').then((v) => {
    out.push(v);
  });
  let total = 0;
  await job('assign').then((v) => (total += v.length));
  await job('first').then((v) => job(`${v} then`)).then((v) => out.push(v));
  await job('closure').then(async (v) => {
    out.push(await job(`${v} inner`));
  });
  const p = job('p');
  out.push(await p.then((v) => `${v}!`).finally(() => (total += 100)));
  return { out, total, i };
}
