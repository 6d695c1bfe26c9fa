/** Edits on a text. What they don't touch stays as it is, comments and layout included. */
export interface Edit {
  /** An offset in the text. */
  readonly at: number;
  /** How many characters go. */
  readonly remove?: number;
  readonly text: string;
}

/** Edits at one place are made in the order of the list. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let done = 0;
  for (const edit of [...edits].sort((a, b) => a.at - b.at)) {
    result += text.slice(done, edit.at) + edit.text;
    done = edit.at + (edit.remove ?? 0);
  }
  return result + text.slice(done);
}

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The line end that a file has. */
export const newlineOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** One level of indentation of a file; two spaces where nothing is indented. */
export function unitOf(text: string): string {
  const found = /\n(\t| +)(?=\S)(?!\*)/.exec(text);
  return found?.[1] ?? '  ';
}

/** The indentation of the line of an offset. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))![0];
}
