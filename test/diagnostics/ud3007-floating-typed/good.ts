const mail = {
  send: async (to: string): Promise<string> => to,
  sendNow: (to: string): string => to,
};

/** Starts nothing before it is awaited, as query builders do. */
class Query<T> {
  where(_name: string): this {
    return this;
  }
  // biome-ignore lint/suspicious/noThenProperty: a lazy thenable
  then(done: (value: T | undefined) => void): void {
    done(undefined);
  }
  catch(): this {
    return this;
  }
  finally(): this {
    return this;
  }
}
const from = (_table: string): Query<string> => new Query();

export async function main(names: string[]): Promise<unknown> {
  'use durable';
  const query = from('users');
  query.where('a');
  mail.sendNow('a');
  const state: { sent?: Promise<string> } = {};
  state.sent = mail.send('b');
  const list = [mail.send('c')];
  list.push(mail.send('d'));
  const first = list.shift();
  let last: Promise<string> | undefined;
  for (const name of names) last = mail.send(name);
  const cond = names.length > 1 && mail.send('e');
  const later = () => mail.send('f');
  const sent = await Promise.all(names.map((name) => mail.send(name)));
  return [await query, await state.sent, await first, await Promise.all(list), await last, await cond, await later(), sent];
}
