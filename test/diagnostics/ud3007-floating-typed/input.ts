import { EventEmitter } from 'node:events';

const mail = {
  send: async (to: string): Promise<string> => to,
};

export async function main(names: string[]): Promise<unknown> {
  'use durable';
  const emitter = new EventEmitter();
  mail.send('a');
  void mail.send('b');
  if (names.length > 1) mail.send('c');
  names.length > 2 && mail.send('d');
  const unused = mail.send('e');
  emitter.on('done', () => {
    mail.send('f');
  });
  names.forEach((name) => {
    mail.send(name);
  });
  return await mail.send('g');
}
