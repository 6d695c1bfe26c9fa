/** The lines by which two texts differ. */
export interface DiffLine {
  readonly kind: ' ' | '-' | '+';
  /** In the text after for kept and added lines, in the text before for removed ones; the first is 1. */
  readonly line: number;
  readonly text: string;
}

/** Kept lines that are shown around each change. */
const CONTEXT = 2;

/** Changed lines and those around them; a gap between two line numbers is a part that is left out. */
export function diff(before: string, after: string): readonly DiffLine[] {
  const all = compare(linesOf(before), linesOf(after));
  const near = (at: number): boolean =>
    all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== ' ');
  return all.filter((_, at) => near(at));
}

const linesOf = (text: string): readonly string[] =>
  text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);

function compare(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  // The lengths of the longest common parts that begin at each pair of lines.
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i]![j] =
        a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const found: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ kind: ' ', line: j + 1, text: b[j++]! });
      i++;
    } else if (i < a.length && (j === b.length || common[i + 1]![j]! >= common[i]![j + 1]!))
      found.push({ kind: '-', line: i + 1, text: a[i++]! });
    else found.push({ kind: '+', line: j + 1, text: b[j++]! });
  }
  return found;
}
