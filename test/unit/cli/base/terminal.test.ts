import { expect, it } from 'vitest';
import { plural, widthOf, wrap } from '../../../../cli/base/terminal.ts';

it('breaks lines between words, never a word', () => {
  expect(wrap('one two three a/very/long/path four', 2, 12)).toBe(
    '  one two\n  three\n  a/very/long/path\n  four',
  );
});

it('takes the width of the terminal up to what is easy to read', () => {
  expect([widthOf(40), widthOf(300)]).toEqual([40, 100]);
});

it('counts', () => {
  expect([plural(1, 'file'), plural(0, 'file')]).toEqual(['1 file', '0 files']);
});
