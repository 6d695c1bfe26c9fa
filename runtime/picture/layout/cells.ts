/** Text is measured in cells of a monospaced font, of which East Asian characters take two. */

/** The width of a cell, in parts of the size of the font. */
const CELL = 0.6025;

const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|[\u{1F300}-\u{1FAFF}]|[\u{20000}-\u{3FFFD}]/u;
/** Marks on the character before them, and what joins characters. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

const cellOf = (character: string): number => (NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

export function cellsOf(text: string): number {
  let cells = 0;
  for (const character of text) cells += cellOf(character);
  return cells;
}

export const widthOfText = (text: string, size: number): number => cellsOf(text) * CELL * size;

/** At most so many cells, with `…` at the end of what is cut off. */
export function cutOff(text: string, most: number): string {
  if (cellsOf(text) <= most) return text;
  let cells = 1;
  let shown = '';
  for (const character of text) {
    cells += cellOf(character);
    if (cells > most) break;
    shown += character;
  }
  return `${shown.trimEnd()}…`;
}
