import { describe, expect, it } from 'vitest';
import { calleeIn, handName, siteOf } from '../../../../runtime/base/keys.ts';

describe('the parts of a key', () => {
  it.each([
    ['charge', 'charge', 'charge'],
    ['items.map[3]/charge#2[1]', 'charge#2', 'charge'],
    ['items.map#new/charge#fraud-check#2', 'charge#fraud-check#2', 'charge'],
    ['order.#charge#2', 'order.#charge#2', 'order.#charge'],
    ['order.#charge', 'order.#charge', 'order.#charge'],
    [`f/${handName('a/b')}`, '"a/b"', '"a/b"'],
    [`f/${handName('a/b')}#new#2[4]`, '"a/b"#new#2', '"a/b"'],
    [handName('mail to a@b.com'), 'mail to a@b.com', 'mail to a@b.com'],
  ])('%s', (key, site, callee) => {
    expect(siteOf(key)).toBe(site);
    expect(calleeIn(site)).toBe(callee);
  });
});
