import { ofetch } from 'ofetch';
import postgres from 'postgres';
import { sleep } from 'use-durable';

const sql = postgres(process.env.POSTGRES_URL ?? '', { max: 2, onnotice: () => {} });
export const close = () => sql.end();
export const reset = async () => {
  await sql`drop table if exists outbox`;
  await sql`create table outbox (id serial primary key, to_mail text, subject text, sent_as text, tries int default 0)`;
  await sql`insert into outbox ${sql([
    { to_mail: 'ada@example.org', subject: 'Hello' },
    { to_mail: 'bob@example.org', subject: 'Invoice' },
    { to_mail: 'eve@example.org', subject: 'Bye' },
  ])}`;
};
export const outside = async () => [...(await sql`select to_mail, sent_as, tries from outbox order by id`)];

interface Mail {
  readonly id: number;
  readonly to_mail: string;
  readonly subject: string;
}

async function send({ id, to_mail, subject }: Mail): Promise<string> {
  const { message } = await ofetch<{ message: string }>('/mails', {
    baseURL: process.env.WEB_URL ?? '',
    method: 'POST',
    body: { to: to_mail, subject, key: `mail-${id}` },
    retry: 0,
  });
  return message;
}

export async function main() {
  'use durable';
  let rounds = 0;
  let sent = 0;
  for (;;) {
    const due = await sql<
      Mail[]
    >`select id, to_mail, subject from outbox where sent_as is null order by id limit 2`;
    if (due.count === 0) break;
    rounds++;
    for (const mail of due) {
      const message = await send(mail);
      const marked =
        await sql`update outbox set sent_as = ${message}, tries = tries + 1 where id = ${mail.id} and sent_as is null`;
      sent += marked.count;
    }
    await sleep('20ms');
  }
  const [total] = await sql<{ n: number }[]>`select count(*)::int as n from outbox where sent_as is not null`;
  return { rounds, sent, total: total?.n };
}
