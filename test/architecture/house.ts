/**
 * `npm run house` prints how the house stands: circles of imports, floors, files at the roots, the longest functions and
 * files. `npm run house -- --time` runs `npm test` as well, and prints how long that took.
 */
import { spawnSync } from 'node:child_process';
import ts from 'typescript';
import { floorOf, PARTS } from './floors.ts';
import { circlesIn, type Module, ROOT, readModules } from './modules.ts';

/** How many of the longest are shown. */
const SHOWN = 5;

interface Length {
  readonly name: string;
  readonly lines: number;
}

const linesOf = ({ source }: Module): number => source.getLineStarts().length - 1;

/** All functions of a file with a body, by their own lines. */
function functionsOf({ file, source }: Module): readonly Length[] {
  const found: Length[] = [];
  const open: ts.Node[] = [source];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const first = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const last = source.getLineAndCharacterOfPosition(node.end).line;
      const { name, parent } = node;
      const holder = ts.isVariableDeclaration(parent) ? parent.name : name;
      found.push({ name: `${file} ${holder?.getText(source) ?? '(anonymous)'}`, lines: last - first + 1 });
    }
    ts.forEachChild(node, (child) => void open.push(child));
  }
  return found;
}

const longest = (all: readonly Length[]): string =>
  [...all]
    .sort((a, b) => b.lines - a.lines)
    .slice(0, SHOWN)
    .map(({ name, lines }) => `${String(lines).padStart(6)}  ${name}`)
    .join('\n');

function report(part: keyof typeof PARTS): string {
  const modules = readModules([part]);
  const files = [...modules.values()];
  const circles = circlesIn(modules);
  const atRoot = files.filter(({ file }) => file.split('/').length === 2);
  const homeless = files.filter(({ file }) => floorOf(file) === undefined);
  return [
    `${part}/`,
    `  files            ${files.length}, ${files.reduce((sum, one) => sum + linesOf(one), 0)} lines`,
    `  floors           ${PARTS[part].length}, and ${homeless.length} files on none`,
    `  at its root      ${atRoot.length}: ${atRoot.map(({ file }) => file.split('/')[1]).join(', ')}`,
    `  circles          ${circles.length}, with ${circles.flat().length} files`,
    `  longest files\n${longest(files.map((one) => ({ name: one.file, lines: linesOf(one) })))}`,
    `  longest functions\n${longest(files.flatMap(functionsOf))}`,
  ].join('\n');
}

for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) console.log(`${report(part)}\n`);
if (process.argv.includes('--time')) {
  const begun = performance.now();
  const { status } = spawnSync('npm', ['test'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`npm test           ${seconds} s, ${status === 0 ? 'passed' : 'failed'}`);
}
