/** `auto` follows the reader's setting, where the viewer knows it. */
export type Theme = 'auto' | 'light' | 'dark';

/** Each rule has its colours written out: viewers that know no variables paint them black. */
interface Colours {
  readonly page: string;
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly untaken: string;
  readonly box: string;
  readonly edge: string;
  readonly solid: string;
  readonly onSolid: string;
  readonly red: string;
  readonly choice: readonly [fill: string, edge: string];
  readonly join: readonly [fill: string, edge: string];
  readonly loop: readonly [fill: string, edge: string];
  readonly guard: readonly [fill: string, edge: string];
  readonly caught: readonly [fill: string, edge: string];
  readonly tones: Readonly<
    Record<'done' | 'running' | 'waiting' | 'failed', readonly [fill: string, edge: string]>
  >;
}

const LIGHT: Colours = {
  page: '#ffffff',
  text: '#1b1f24',
  faint: '#5d6675',
  line: '#8590a2',
  untaken: '#d5dae2',
  box: '#ffffff',
  edge: '#c3cad6',
  solid: '#1b1f24',
  onSolid: '#ffffff',
  red: '#c2362b',
  choice: ['#fff7df', '#e6cd85'],
  join: ['#f6f3fe', '#d2c7f2'],
  loop: ['#f3f7fc', '#c7d5ea'],
  guard: ['#f7f9f7', '#d0dcd1'],
  caught: ['#fff4f2', '#ecbdb6'],
  tones: {
    done: ['#e7f6ee', '#1a7f4b'],
    running: ['#e8f1fe', '#2267d8'],
    waiting: ['#fff6dc', '#a97100'],
    failed: ['#fde9e7', '#c2362b'],
  },
};

const DARK: Colours = {
  page: '#13171e',
  text: '#e6e9ef',
  faint: '#98a2b3',
  line: '#6f7a8c',
  untaken: '#333a45',
  box: '#1d232c',
  edge: '#414b59',
  solid: '#e6e9ef',
  onSolid: '#13171e',
  red: '#ff7b6e',
  choice: ['#2b2614', '#73612c'],
  join: ['#241f33', '#53467d'],
  loop: ['#18202b', '#34465f'],
  guard: ['#181d1a', '#38473b'],
  caught: ['#271a1a', '#6d3a36'],
  tones: {
    done: ['#142a1e', '#3fb57a'],
    running: ['#14243d', '#5c9dff'],
    waiting: ['#2f2710', '#e0b040'],
    failed: ['#361a18', '#ff7b6e'],
  },
};

export function styleSheet(theme: Theme): string {
  const dark = `@media (prefers-color-scheme: dark) {\n${rules(DARK)}\n}`;
  const colours = theme === 'dark' ? rules(DARK) : rules(LIGHT);
  return `\n${SHARED}\n${colours}\n${theme === 'auto' ? `${dark}\n` : ''}`;
}

const SHARED = [
  'text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}',
  'text{white-space:pre}',
  '.line{fill:none;stroke-width:1.5}',
  '.line.throws,.wait .face,.pill.jump .face,.frame.perhaps,.frame.panel{stroke-dasharray:5 4}',
  '.face,.frame{stroke-width:1.2}',
  '.done .face,.running .face,.waiting .face,.failed .face{stroke-width:2}',
  '.added .face,.changed .face{stroke-width:2}',
  '.removed .face{stroke-width:2;stroke-dasharray:3 3}',
].join('\n');

function rules(c: Colours): string {
  const face = (selector: string, [fill, edge]: readonly [string, string]): string =>
    `${selector}{fill:${fill};stroke:${edge}}`;
  const { done, running, waiting, failed } = c.tones;
  return [
    `.page{fill:${c.page}}`,
    `.name{fill:${c.text}}`,
    `.note,.title{fill:${c.faint}}`,
    `.label{fill:${c.faint};stroke:none}`,
    `text.throws{fill:${c.red}}`,
    `.line.flow{stroke:${c.line}}`,
    `.line.untaken{stroke:${c.untaken}}`,
    `.line.throws{stroke:${c.red}}`,
    `.head.flow{fill:${c.line}}`,
    `.head.untaken{fill:${c.untaken}}`,
    `.head.throws{fill:${c.red}}`,
    face('.box .face', [c.box, c.edge]),
    face('.pill.choice .face', c.choice),
    face('.pill.join .face,.pill.yield .face', c.join),
    face('.pill.start .face,.pill.return .face', [c.solid, c.solid]),
    `.pill.start .name,.pill.return .name{fill:${c.onSolid}}`,
    face('.pill.leave .face', [c.box, c.text]),
    face('.pill.throw .face', [c.caught[0], c.red]),
    `.pill.throw .name{fill:${c.red}}`,
    face('.pill.jump .face', [c.box, c.line]),
    `.pill.jump .name{fill:${c.faint}}`,
    face('.badge .face', [c.solid, c.solid]),
    `.badge .name{fill:${c.onSolid}}`,
    face('.frame.loop', c.loop),
    face('.frame.many,.frame.perhaps', c.join),
    face('.frame.try,.frame.finally,.frame.call,.frame.block,.frame.panel', c.guard),
    face('.frame.catch', c.caught),
    face('.done .face,.added .face', done),
    face('.running .face', running),
    face('.waiting .face,.changed .face', waiting),
    face('.failed .face,.removed .face', failed),
  ].join('\n');
}
