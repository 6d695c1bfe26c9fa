import { expect, it } from 'vitest';
import { diff } from '../../../../cli/edit/diff.ts';

const shown = (before: string, after: string): readonly string[] =>
  diff(before, after).map(({ kind, line, text }) => `${kind}${line} ${text}`);

it('shows changed lines with two lines around them, and leaves out what is far', () => {
  const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const after = ['a', 'new', ...lines.slice(1, 7), 'H', 'i'];
  expect(shown(lines.join('\n'), after.join('\n'))).toEqual([
    ' 1 a',
    '+2 new',
    ' 3 b',
    ' 4 c',
    ' 7 f',
    ' 8 g',
    '-8 h',
    '+9 H',
    ' 10 i',
  ]);
});

it('shows a new file as added lines, and nothing of equal texts', () => {
  expect(shown('', 'a\nb\n')).toEqual(['+1 a', '+2 b']);
  expect(shown('a\n', 'a\n')).toEqual([]);
});
