import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  COMPILER_OPTIONS,
  compile,
  emitThroughAst,
  emitThroughText,
  type Fixture,
  fixtures,
  tokensOf,
} from '../../support/fixtures.ts';
import { flowText } from '../../support/flow-text.ts';
import { flowsOf } from '../../support/flows.ts';
import { sample } from '../../support/tier.ts';

/** `npm run fixtures` writes the expected outputs anew; read the difference before you commit it. */
const UPDATE = process.env.UPDATE_FIXTURES === '1';

function expectFile(path: string, actual: string): void {
  if (UPDATE) writeFileSync(path, actual);
  expect(existsSync(path), `${path} is missing; run \`npm run fixtures\``).toBe(true);
  expect(actual).toBe(readFileSync(path, 'utf8'));
}

/** The emitted code is compiled further for these. */
const TARGETS = sample([ts.ScriptTarget.ESNext, ts.ScriptTarget.ES2022, ts.ScriptTarget.ES2017], 3);

const breaks = (text: string): number => text.split('\n').length;

/** Every identifier of a program with its position, but for those in statements that the compiler inserted. */
function identifiersOf(
  code: string,
  fileName: string,
): { text: string; line: number; column: number; start: number }[] {
  const sourceFile = ts.createSourceFile(fileName, code, ts.ScriptTarget.ESNext, true);
  const found: { text: string; line: number; column: number; start: number }[] = [];
  ts.forEachChild(sourceFile, function visit(node): void {
    if (ts.isExpressionStatement(node) && /^([\w$]+ = )?\$durable\./.test(node.getText(sourceFile))) return;
    if (ts.isArrowFunction(node) && /^\$value/.test(node.getText(sourceFile))) return;
    // `$.call("o.#m", o.#m, o)`: the receiver of a private method is written twice.
    const receiver =
      ts.isCallExpression(node) && node.arguments.length === 3 && ts.isStringLiteral(node.arguments[0]!);
    // `$.uses(() => [total])` names variables a second time.
    if (
      ts.isCallExpression(node) &&
      /^\$\d*\.uses\(|^\$durable\.ambient\(\)\.uses\(/.test(node.getText(sourceFile))
    ) {
      if (ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'uses')
        return visit(node.expression.expression);
    }
    // `$.resource("x[Symbol.asyncDispose]", x)`: so is a name declared with `await using`.
    if (ts.isCallExpression(node) && /^\$\d*\.resource$/.test(node.expression.getText(sourceFile)))
      return visit(node.expression);
    // `$durable.markGenerators({ ... }, Symbol.asyncIterator)`: so are keys.
    if (
      ts.isCallExpression(node) &&
      /^\$durable\.mark(Generators|Class)$/.test(node.expression.getText(sourceFile))
    ) {
      visit(node.expression);
      return visit(node.arguments[0]!);
    }
    if (receiver && ts.isIdentifier(node.arguments[2]!)) {
      visit(node.expression);
      return visit(node.arguments[1]!);
    }
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const start = node.getStart(sourceFile);
      const { line, character } = sourceFile.getLineAndCharacterOfPosition(start);
      found.push({ text: node.text, line: line + 1, column: character, start });
    }
    ts.forEachChild(node, visit);
  });
  return found;
}

/** Words that the compiler writes: an identifier of the output with such a name need not come from the source. */
const WRITTEN =
  /^\$|^(call|maybe|handed|object|handle|shared|passed|used|member|outside|outsideAll|callback|method|optional|optionalMethod|start\w*|chain|ref|bound|read|local|given|changes|executor|timer|clearTimer|deadline|resource|hold|some|get|plain|begin|optionalChain|foreign|open|mark\w*|bindFunction|sleep|since|show|delay|step|combinator|iterate|now|date|dateString|performanceNow|random|scheduler|made|randomUUID|getRandomValues|builtin|console|enter|direct|define|bind|bindMethod|passing|decorated|capture|arrow|ambient|undefined|arguments|classes)$/;

function checkMap(fixture: Fixture): void {
  const { code, map } = compile(fixture);
  const trace = new TraceMap(JSON.parse(JSON.stringify(map)));
  const lines = fixture.source.split('\n');
  let checked = 0;
  const header = code.split('\n')[0]?.indexOf('import * as $durable') ?? -1;
  for (const { text, line, column } of identifiersOf(code, fixture.file)) {
    const origin = originalPositionFor(trace, { line, column });
    const there = origin.line === null ? '' : (lines[origin.line - 1] ?? '').slice(origin.column);
    // An escape in a name (`\\u0061bc`) is written out in the tree.
    if (there.startsWith(text) || there.startsWith('\\u')) {
      checked++;
      continue;
    }
    // Inserted code has no place in the source: the header, and the words of the runtime.
    if (WRITTEN.test(text) || (line === 1 && header >= 0)) continue;
    expect.fail(`${fixture.name}: \`${text}\` at ${line}:${column} maps to \`${there.slice(0, 20)}\``);
  }
  expect(checked).toBeGreaterThan(0);
}

describe.each(fixtures())('fixture $name', (fixture) => {
  const { source, folder } = fixture;

  it('compiles without a diagnostic', () => {
    expect(compile(fixture).diagnostics).toEqual([]);
  });

  it('gives the expected output and table', () => {
    const { code, functions } = compile(fixture);
    expectFile(`${folder}expected.txt`, code);
    expectFile(`${folder}plan.json`, `${JSON.stringify(functions, null, 2)}\n`);
  });

  it('gives the expected flow', () => {
    const flows = flowsOf(fixture).map(({ id, flow }) => `${id}\n${flowText(flow)}`);
    expectFile(`${folder}flow.txt`, flows.join('\n'));
  });

  it('gives the same JavaScript through both emitters', () => {
    for (const target of TARGETS) {
      const options = { ...COMPILER_OPTIONS, target };
      expect(tokensOf(emitThroughAst(fixture, options))).toEqual(tokensOf(emitThroughText(fixture, options)));
    }
  });

  it('keeps every line where it was', () => {
    expect(breaks(compile(fixture).code)).toBe(breaks(source));
  });

  it('maps every identifier to itself', () => {
    checkMap(fixture);
  });
});

it('copies no comment of the source into what the compiler inserts', () => {
  // At whatever position below 2000 the printer looks for a comment, it finds this one.
  const note = `${' '.repeat(2000)}/* note */\n`;
  // Nothing may stand before `#!`.
  const all = fixtures().filter(({ source }) => !source.startsWith('#!'));
  for (const fixture of sample(all, 12)) {
    const code = emitThroughAst({ ...fixture, source: note + fixture.source });
    expect(code.split('/* note */').length - 1, fixture.name).toBe(1);
  }
});
