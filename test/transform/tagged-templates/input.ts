import { effect, later } from '../../support/effects.ts';

async function sql(strings: TemplateStringsArray, ...values: unknown[]): Promise<{ text: string; values: unknown[] }> {
  const text = strings.raw.join('?');
  effect(`sql ${text} ${values.join(',')}`);
  return later(1, { text, values });
}

const client = {
  schema: 'public',
  async query(strings: TemplateStringsArray, ...values: unknown[]): Promise<string> {
    effect(`query ${this.schema} ${strings.join('?')}`);
    return later(1, `${this.schema}:${values.length}`);
  },
  tag(name: string): (strings: TemplateStringsArray, ...values: unknown[]) => Promise<string> {
    return async (strings, ...values) => {
      effect(`tag ${name} ${strings.join('?')}`);
      return later(1, name + values.join(''));
    };
  },
};

/** Synchronous: stays what it is. */
function plain(strings: TemplateStringsArray, ...values: unknown[]): string {
  return strings.reduce((all, part, i) => all + String(values[i - 1]) + part);
}

export async function main(): Promise<unknown> {
  'use durable';
  let id = 1;
  const a = await sql`select ${id++} and ${id++}`;
  const b = await sql`nested ${await client.query`inner ${id++}`} done`;
  const c = await client.query`a ${id} b ${plain`x${id++}y`} c`;
  const d = await client['query']`
    many
    lines ${id++}
  `;
  const started = sql`started ${id++}`;
  const e = await Promise.all([sql`one\n`, client.query`two`, started]);
  const f = plain`${await sql`in ${id}`.then((r) => r.text)} - ${id}`;
  const tag = client.tag('t');
  const g = await tag`late ${id++}`;
  return { a, b, c, d, e, f, g, id };
}
