import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Cannot, type Crashes, FEATURES, type Feature, type Traits } from '../test/engines/harness.ts';
import { programs } from '../test/engines/programs.ts';
import { engines } from '../test/engines/traits.ts';

/**
 * `npm run docs:engines` writes the tables of `docs/engines.md` from what the contract of the engines is run with: a
 * feature that the page promises and an engine doesn't have fails `npm run test:engines`.
 */
export const PAGE: string = fileURLToPath(new URL('engines.md', import.meta.url));

const MARKS = ['<!-- written by `npm run docs:engines` -->', '<!-- end -->'] as const;

const MODES: Readonly<Record<Crashes, string>> = {
  never: 'undisturbed',
  replay: 'replayed',
  kill: 'killed',
};

/** The page with its tables as they should be. */
export function enginesPage(page: string): string {
  const [start, end] = MARKS;
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/engines.md has no place for the tables: ${start} ... ${end}`);
  return `${page.slice(0, from)}${start}\n\n${tables()}\n\n${page.slice(to)}`;
}

function tables(): string {
  const notes: string[] = [];
  const header = ['', ...engines.map(({ name }) => name)];
  const rows = (Object.keys(FEATURES) as Feature[]).map((feature) => [
    FEATURES[feature],
    ...engines.map((engine) => cell(engine, feature, notes)),
  ]);
  const counts = (Object.keys(MODES) as Crashes[]).map((mode) => [
    `programs that run ${MODES[mode]}`,
    ...engines.map((engine) => (engine.crashes.includes(mode) ? String(programsOf(engine)) : '')),
  ]);
  const table = [header, header.map(() => '---'), ...rows, ...counts].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return [table.join('\n'), ...notes.map((note, index) => `${index + 1}. ${note}`)].join('\n\n');
}

function cell({ can, notes: remarks }: Traits, feature: Feature, notes: string[]): string {
  const cannot = can[feature];
  const note = cannot === true ? remarks?.[feature] : reasonOf(cannot);
  const word = cannot === true ? 'yes' : 'no';
  if (note === undefined) return word;
  if (!notes.includes(note)) notes.push(note);
  return `${word} (${notes.indexOf(note) + 1})`;
}

const reasonOf = ({ why, error }: Cannot): string =>
  error === undefined ? why : `${why} A run that tries ends with \`${error}\`.`;

const programsOf = ({ can, skipsTime }: Traits): number =>
  programs.filter(({ feature, racesTime }) => can[feature] === true && !(skipsTime && racesTime)).length;

if (import.meta.main) writeFileSync(PAGE, enginesPage(readFileSync(PAGE, 'utf8')));
