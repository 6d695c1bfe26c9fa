/** Codes of errors and warnings, and their texts, come from catalogues. */
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../docs/error-codes.ts';
import { readModules } from './modules.ts';

const modules = [...readModules(['runtime']).values()];

describe('codes', () => {
  it('of errors are those of the catalogue, and all of it', () => {
    const used = modules.flatMap(({ source }) =>
      [...source.text.matchAll(/(?:super|new DurableError)\(\s*'([A-Z_]+)'/g)].map(([, code]) => code),
    );
    expect([...new Set(used)].sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('of warnings are given to emitWarning(), which is the only one that asks the process', () => {
    const asking = modules.filter(({ source }) => /process\.emitWarning\(/.test(source.text));
    expect(asking.map(({ file }) => file)).toEqual([
      'runtime/base/warnings.ts',
      // The warning of Node about a timer that is too long, which it would emit itself in plain code.
      'runtime/scope/durable-timers.ts',
    ]);
  });
});

describe('texts', () => {
  it('of errors come from runtime/base/messages/', () => {
    const inline = modules.flatMap(({ file, source }) => textsIn(source).map((text) => `${file}: ${text}`));
    expect(inline).toEqual([]);
  });
});

/** The words that are written where an error is made: literals in the arguments of `new ...Error()`, of `super()`, and of what refuses requests. */
function textsIn(source: ts.SourceFile): string[] {
  const texts: string[] = [];
  const literals = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) texts.push(node.getText(source));
    // One word is a code, a key or the name of a package.
    else if (ts.isStringLiteralLike(node) && /\w.* /.test(node.text)) texts.push(node.text);
    else if (!ts.isFunctionLike(node)) ts.forEachChild(node, literals);
  };
  const visit = (node: ts.Node, isError: boolean): void => {
    if (ts.isNewExpression(node) && /(Error|Refusal)$/.test(node.expression.getText(source)))
      node.arguments?.forEach(literals);
    else if (isError && ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
      node.arguments.forEach(literals);
    else if (ts.isCallExpression(node) && node.expression.getText(source) === 'malformed')
      node.arguments.forEach(literals);
    const isClass = ts.isClassLike(node);
    const isErrorClass =
      isClass && /Error$/.test(node.heritageClauses?.[0]?.types[0]?.expression.getText(source) ?? '');
    ts.forEachChild(node, (child) => visit(child, isClass ? isErrorClass : isError));
  };
  visit(source, false);
  return texts;
}
