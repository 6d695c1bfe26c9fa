/** Enough of the grammar of TypeScript to colour it: comments, strings, numbers, keywords. A wrong guess is a wrong colour. */

export type Token = readonly [kind: '' | 'comment' | 'string' | 'number' | 'keyword', text: string];

const KEYWORDS = new Set(
  'as async await break case catch class const continue default delete do else enum export extends false finally for from function get if implements import in instanceof interface let new null of private protected public readonly return satisfies set static super switch this throw true try type typeof undefined using var void while with yield'.split(
    ' ',
  ),
);

const TOKEN =
  /(\/\/.*|\/\*.*?(?:\*\/|$))|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*(?:`|$))|(\b\d[\w.]*)|([A-Za-z_$][\w$]*)|([^A-Za-z_$\d'"`/]+|.)/g;

/** Longer lines are shown without colours. */
const LONGEST = 1_000;

/** The tokens of each line. */
export function tokensOf(lines: readonly string[]): readonly (readonly Token[])[] {
  // What a line before has begun and not ended.
  let open: 'comment' | 'string' | undefined;
  return lines.map((line) => {
    if (line.length > LONGEST) return [['', line]];
    const tokens: Token[] = [];
    let rest = line;
    if (open !== undefined) {
      const close: string = open === 'comment' ? '*/' : '`';
      const end = line.indexOf(close);
      if (end === -1) return [[open, line]];
      tokens.push([open, line.slice(0, end + close.length)]);
      rest = line.slice(end + close.length);
      open = undefined;
    }
    for (const [text, comment, string, number, word] of rest.matchAll(TOKEN)) {
      const isKeyword = word !== undefined && KEYWORDS.has(word);
      const kind = comment ? 'comment' : string ? 'string' : number ? 'number' : isKeyword ? 'keyword' : '';
      tokens.push([kind, text]);
      if (text.startsWith('/*') && !text.endsWith('*/')) open = 'comment';
      if (text.startsWith('`') && (text.length === 1 || !text.endsWith('`'))) open = 'string';
    }
    return tokens;
  });
}
