import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/** The longest title that a comment gives. */
const LONGEST = 80;

/**
 * What the author calls a step: `// step: Charge the card` or a JSDoc before the statement or the call. Other comments say
 * something else.
 */
export function labelOf(ts: TypeScript, { text }: ts.SourceFile, node: ts.Node): string | undefined {
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const last = ranges.at(-1);
  if (last === undefined) return undefined;
  const comment = text.slice(last.pos, last.end);
  const found = comment.startsWith('/**')
    ? firstSentence(comment)
    : /^\/\/\s*step:\s*(.+)$/.exec(comment)?.[1];
  const label = found?.trim();
  return label === undefined || label === '' ? undefined : [...label].slice(0, LONGEST).join('');
}

/** The first line of a JSDoc that is text and no tag. */
function firstSentence(comment: string): string | undefined {
  const lines = comment
    .slice(3, -2)
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s*/, '').trim());
  const [line] = lines.filter((one) => one !== '');
  return line === undefined || line.startsWith('@') ? undefined : line.replace(/\.$/, '');
}
