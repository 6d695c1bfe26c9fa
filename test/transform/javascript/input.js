import { sleep } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

/** @param {string} name */
async function job(name) {
  effect(`job ${name}`);
  return later(1, name);
}

/**
 * @param {string[]} names
 * @returns {Promise<string[]>}
 */
export const all = async (names) => {
  'use durable';
  return Promise.all(names.map((name) => job(name)));
};

export async function main() {
  'use durable';
  const a = await job('a');
  await sleep(1);
  const b = await all(['b', 'c']);
  const { length = await job('never') } = b;
  return { a, b, length };
}
