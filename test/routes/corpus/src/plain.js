import { mail } from './steps.ts';

/** @param {string} name */
export async function farewell(name) {
  'use durable';
  await mail.send(name, 'bye');
  await mail.send(name, 'bye again');
  return `bye ${name}`;
}
