import { execFileSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import type { Box, Figure, Part } from '../../runtime/tools/picture.ts';
import { figureOf, sitesIn } from '../../runtime/tools/picture.ts';
import type { FlowSite, FunctionFlow } from '../../runtime/tools.ts';
import { type DrawnFunction, functionsOf, nameOf } from './functions.ts';
import { NothingToDrawError } from './nothing-to-draw.ts';

/**
 * The functions of a file with what was changed since a revision of Git: boxes that are new, changed or gone.
 *
 * @throws NothingToDrawError
 */
export function changedFigures(file: string, name: string | undefined, revision: string): readonly Figure[] {
  const now = functionsOf(file, name);
  const old = functionsAt(file, revision);
  const figures = now.map(({ id, flow }) => {
    const before = old.find((one) => one.id === id);
    return changedFigure(nameOf(id), before?.flow, flow);
  });
  const isGone = ({ id }: DrawnFunction): boolean => !now.some((one) => one.id === id);
  const gone = name === undefined ? old.filter(isGone) : [];
  return [...figures, ...gone.map(({ id, flow }) => removedFigure(nameOf(id), flow))];
}

/** None if the file did not exist. */
function functionsAt(file: string, revision: string): readonly DrawnFunction[] {
  const cwd = dirname(resolve(file));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new NothingToDrawError(`Git knows no revision "${revision}" here.`);
  }
  let text: string;
  try {
    text = git('show', `${revision}:./${basename(file)}`);
  } catch {
    return [];
  }
  try {
    return functionsOf(file, undefined, text);
  } catch (error) {
    // There was no durable function yet.
    if (error instanceof NothingToDrawError) return [];
    throw error;
  }
}

/** What became of the boxes of a function. */
function changedFigure(title: string, old: FunctionFlow | undefined, now: FunctionFlow): Figure {
  if (old === undefined) return figureOf(title, now, { box: () => ({ tone: 'added' }) }, 'new');
  const { changes, removed } = compare(boxesOf(old), boxesOf(now));
  const figure = figureOf(title, now, { box: (site) => changes.get(site) });
  if (removed.length === 0) return figure;
  const body: Part = { kind: 'row', parts: removed.map(removedBox) };
  return { ...figure, panels: [...figure.panels, { title: 'removed', body }] };
}

const removedFigure = (title: string, flow: FunctionFlow): Figure =>
  figureOf(title, flow, { box: () => ({ tone: 'removed' }) }, 'removed');

const removedBox = ({ id, span, title, label }: FlowSite): Box => ({
  kind: 'box',
  key: `removed ${id} ${span.join()}`,
  icon: '−',
  title: label ?? title,
  tone: 'removed',
});

/** The boxes that are drawn, in the order of the source. */
const boxesOf = ({ body, functions }: FunctionFlow): readonly FlowSite[] =>
  [body, ...functions.map((fn) => fn.body)]
    .flatMap(sitesIn)
    .filter(({ type }) => type !== 'call' && type !== 'await')
    .sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1]);

interface Comparison {
  readonly changes: ReadonlyMap<FlowSite, Pick<Box, 'tone'> & { readonly note?: string }>;
  readonly removed: readonly FlowSite[];
}

/** Calls that are written alike, in the same order, are the same. Of the others, those of one callee are changed. */
function compare(old: readonly FlowSite[], now: readonly FlowSite[]): Comparison {
  const kept = inBoth(old, now);
  const gone = old.filter((site) => !kept.has(site));
  const taken = new Set<FlowSite>();
  const changes = new Map<FlowSite, Pick<Box, 'tone'> & { readonly note?: string }>();
  const still = new Set(kept.values());
  for (const site of now) {
    if (still.has(site)) continue;
    const before = gone.find((one) => !taken.has(one) && calleeOf(one) === calleeOf(site));
    if (before === undefined) changes.set(site, { tone: 'added' });
    else {
      taken.add(before);
      changes.set(site, { tone: 'changed', note: `was ${before.title}` });
    }
  }
  return { changes, removed: gone.filter((site) => !taken.has(site)) };
}

const calleeOf = ({ id }: FlowSite): string => id.replace(/#.*$/, '');

/** The longest row of calls that are in both, old by new. */
function inBoth(old: readonly FlowSite[], now: readonly FlowSite[]): ReadonlyMap<FlowSite, FlowSite> {
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  const isSame = (row: number, column: number): boolean => old[row]!.title === now[column]!.title;
  for (let row = old.length - 1; row >= 0; row--)
    for (let column = now.length - 1; column >= 0; column--)
      lengths[row * width + column] = isSame(row, column)
        ? lengths[(row + 1) * width + column + 1]! + 1
        : Math.max(lengths[(row + 1) * width + column]!, lengths[row * width + column + 1]!);
  const kept = new Map<FlowSite, FlowSite>();
  let [row, column] = [0, 0];
  while (row < old.length && column < now.length) {
    if (isSame(row, column)) kept.set(old[row++]!, now[column++]!);
    else if (lengths[(row + 1) * width + column]! >= lengths[row * width + column + 1]!) row++;
    else column++;
  }
  return kept;
}
