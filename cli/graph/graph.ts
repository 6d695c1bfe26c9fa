import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { styleText } from 'node:util';
import type { Figure, LaidRun, Theme } from '../../runtime/tools/picture.ts';
import {
  figureOf,
  foldedFigure,
  inOneColumn,
  layoutOf,
  toMermaid,
  toSvg,
} from '../../runtime/tools/picture.ts';
import { columnsOf } from '../base/terminal.ts';
import { storePathOf } from '../runs/open-store.ts';
import { type DrawnFunction, functionsOf, nameOf } from './functions.ts';
import { NothingToDrawError } from './nothing-to-draw.ts';
import { changedFigures } from './revisions.ts';
import { functionOfRun } from './run.ts';
import { type Paint, toText } from './terminal.ts';

const FORMATS = ['text', 'svg', 'mermaid', 'json'] as const;
type Format = (typeof FORMATS)[number];

export interface GraphOptions {
  readonly format?: string;
  readonly output?: string;
  readonly theme?: string;
  /** Constructs that are nested deeper are one box. */
  readonly fold?: string;
  readonly json?: boolean;
  /** Also calls and waits that rarely record something. */
  readonly all?: boolean;
  /** The id of a run that is laid over the drawing, and the file of the store that has it. */
  readonly run?: string;
  readonly store?: string;
  /** A revision of Git: what was changed since then is marked. */
  readonly diff?: string;
}

/**
 * Draws the durable functions of a file, or one of them.
 *
 * @returns the exit code
 * @throws NothingToDrawError
 */
export async function graph(
  file: string | undefined,
  name: string | undefined,
  options: GraphOptions,
): Promise<number> {
  const format = formatOf(options);
  const text =
    format === 'json'
      ? jsonOf(await functionsFor(file, name, options))
      : drawn(await figuresFor(file, name, options), format, options);
  if (options.output === undefined) process.stdout.write(text);
  else write(options.output, text);
  return 0;
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new NothingToDrawError(`${file} can't be written: ${(error as Error).message}`);
  }
}

async function functionsFor(
  file: string | undefined,
  name: string | undefined,
  { run, store }: GraphOptions,
): Promise<readonly (DrawnFunction & Partial<LaidRun>)[]> {
  if (run !== undefined) return [await functionOfRun(storePathOf(store), run, file)];
  if (store !== undefined) throw new NothingToDrawError('--store is for --run, the id of a run that it has.');
  if (file === undefined) throw new NothingToDrawError('Name a source file, or a run with --run.');
  return functionsOf(file, name);
}

async function figuresFor(
  file: string | undefined,
  name: string | undefined,
  options: GraphOptions,
): Promise<readonly Figure[]> {
  const { all = false, fold, diff } = options;
  const depth = fold === undefined ? undefined : Number(fold);
  if (depth !== undefined && !(Number.isInteger(depth) && depth > 0))
    throw new NothingToDrawError(`--fold takes a number of levels from 1 on, not "${fold}".`);
  if (diff !== undefined && (file === undefined || options.run !== undefined))
    throw new NothingToDrawError('--diff takes a source file, and no run.');
  const figures =
    diff !== undefined && file !== undefined
      ? changedFigures(file, name, diff)
      : (await functionsFor(file, name, options)).map(({ id, flow, marks, summary }) =>
          figureOf(nameOf(id), flow, { all, ...marks }, summary),
        );
  return depth === undefined ? figures : figures.map((figure) => foldedFigure(figure, depth));
}

function drawn(figures: readonly Figure[], format: Exclude<Format, 'json'>, options: GraphOptions): string {
  switch (format) {
    case 'svg': {
      const title = figures.map((figure) => figure.title).join(', ');
      return toSvg(inOneColumn(figures.map(layoutOf)), title, themeOf(options));
    }
    case 'mermaid':
      return figures.map(toMermaid).join('\n');
    case 'text': {
      const isFile = options.output !== undefined;
      const columns = isFile ? 100 : Math.max(columnsOf(), 40);
      return figures.map((figure) => toText(figure, columns, isFile ? plain : painted)).join('\n');
    }
  }
}

const jsonOf = (functions: readonly DrawnFunction[]): string =>
  `${JSON.stringify(
    functions.map(({ id, version, flow }) => ({ id, version, flow })),
    null,
    2,
  )}\n`;

function formatOf({ format, output, json }: GraphOptions): Format {
  if (json) return 'json';
  if (format !== undefined) {
    const found = FORMATS.find((one) => one === format);
    if (found !== undefined) return found;
    throw new NothingToDrawError(`--format takes ${FORMATS.join(', ')}, not "${format}".`);
  }
  const byName = { '.svg': 'svg', '.mmd': 'mermaid', '.json': 'json' } as const;
  const extension = extname(output ?? '') as keyof typeof byName;
  return Object.hasOwn(byName, extension) ? byName[extension] : 'text';
}

function themeOf({ theme = 'auto' }: GraphOptions): Theme {
  if (theme === 'auto' || theme === 'light' || theme === 'dark') return theme;
  throw new NothingToDrawError(`--theme takes auto, light or dark, not "${theme}".`);
}

const STYLES: Readonly<Record<Parameters<Paint>[0], Parameters<typeof styleText>[0]>> = {
  plain: 'reset',
  title: 'bold',
  faint: 'dim',
  throws: 'red',
  done: 'green',
  running: 'blue',
  waiting: 'yellow',
  failed: 'red',
  added: 'green',
  removed: 'red',
  changed: 'yellow',
};

const plain: Paint = (_, text) => text;
const painted: Paint = (what, text) => styleText(STYLES[what], text, { stream: process.stdout });
