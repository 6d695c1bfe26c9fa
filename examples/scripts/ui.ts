import { styleText } from 'node:util';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** What the terminal shows: lines that stay, and, on a terminal only, one line at the bottom that keeps changing. */
export class Display {
  readonly #out = process.stdout;
  #bottom = '';
  #frame = 0;

  heading(text: string): void {
    this.line(`\n${styleText('bold', text)}`);
  }

  line(text: string): void {
    this.#out.write(`${this.#eraser()}${text}\n${this.#bottom}`);
  }

  /** Replaces the bottom line. Without a terminal nothing is shown: the lines tell enough. */
  bottom(text: string): void {
    if (!this.#out.isTTY) return;
    const spinner = FRAMES[this.#frame++ % FRAMES.length];
    const eraser = this.#eraser();
    this.#bottom = styleText('cyan', `${spinner} ${text}`.slice(0, (this.#out.columns || 80) - 1));
    this.#out.write(`${eraser}${this.#bottom}`);
  }

  clearBottom(): void {
    const eraser = this.#eraser();
    this.#bottom = '';
    this.#out.write(eraser);
  }

  fail(text: string): void {
    this.clearBottom();
    console.error(styleText('red', text, { stream: process.stderr }));
  }

  #eraser(): string {
    return this.#bottom === '' ? '' : '\r\x1b[K';
  }
}

/** `12 ms`, `5.0 s` */
export const duration = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** `▰▰▰▱▱▱`, for a share between 0 and 1. */
export function meter(share: number, width = 20): string {
  const full = Math.round(Math.min(Math.max(share, 0), 1) * width);
  return '▰'.repeat(full) + '▱'.repeat(width - full);
}

/** Columns as wide as their widest cell; those named in `right` are set flush right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
