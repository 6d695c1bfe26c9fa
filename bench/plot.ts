/** A drawing of figures as text: the same figures give the same bytes. */

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Beside the bar. */
  readonly text: string;
}

export interface Chart {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** What is marked on the axis, which is logarithmic, from its beginning to its end. */
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  /** Where bars begin; those that end before it are drawn in another colour. Default: the first tick. */
  readonly base?: number;
}

const WIDTH = 860;
const ROW = 26;
const TOP = 56;
const LEFT = 380;
const RIGHT = 130;

/** A bar chart in SVG, legible on light and on dark pages. */
export function drawChart({ title, bars, ticks, base = ticks[0]?.value ?? 1 }: Chart): string {
  const from = ticks[0]?.value ?? 1;
  const to = ticks.at(-1)?.value ?? 10;
  const x = (value: number): number => {
    const part = Math.log(Math.min(Math.max(value, from), to) / from) / Math.log(to / from);
    return Math.round(LEFT + part * (WIDTH - LEFT - RIGHT));
  };
  const bottom = TOP + bars.length * ROW;
  const lines = ticks.map(
    ({ value, text }) =>
      `<line class="${value === base ? 'base' : 'grid'}" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 8}" y2="${bottom}"/>` +
      `<text class="tick" x="${x(value)}" y="${TOP - 14}" text-anchor="middle">${escaped(text)}</text>`,
  );
  const rows = bars.map(({ name, value, text }, index) => {
    const y = TOP + index * ROW;
    const [start, end] = [Math.min(x(base), x(value)), Math.max(x(base), x(value))];
    return (
      `<text x="${LEFT - 10}" y="${y + 16}" text-anchor="end">${escaped(name)}</text>` +
      `<rect class="${value < base ? 'short' : 'bar'}" x="${start}" y="${y + 4}" width="${Math.max(end - start, 1)}" height="${ROW - 10}"/>` +
      `<text class="value" x="${Math.max(end, x(base)) + 6}" y="${y + 16}">${escaped(text)}</text>`
    );
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 12}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="10" y="22">${escaped(title)}</text>`,
    ...lines,
    ...rows,
    '</svg>',
  ].join('\n')}\n`;
}

const STYLE =
  'text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:15px}.tick,.value{font-size:11px;' +
  'fill:#666}.grid{stroke:#ddd}.base{stroke:#222;stroke-width:2}.bar{fill:#3a7bd5}.short{fill:#d9822b}' +
  '@media(prefers-color-scheme:dark){text{fill:#eee}.tick,.value{fill:#aaa}.grid{stroke:#444}.base{stroke:#eee}}';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
