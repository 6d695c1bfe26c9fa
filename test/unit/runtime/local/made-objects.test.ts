import { expect, it } from 'vitest';
import { standInFor } from '../../../../runtime/run/recreated-objects.ts';

class Client {
  readonly #base = 'https://shop';
  readonly parse = Object.assign(async (text: string) => `${this.#base} ${text}`, { strict: true });
  url(path: string): string {
    return this.#base + path;
  }
}

it('methods of what is made again look as they did, and are called on the object itself', async () => {
  const client = standInFor('whole', () => new Client(), 'connect') as Client;
  const { parse, url } = client;
  expect(parse.name).toBe(new Client().parse.name);
  expect(parse.strict).toBe(true);
  expect(await parse('x')).toBe('https://shop x');
  expect(url.name).toBe('url');
  expect(url('/a')).toBe('https://shop/a');
});
