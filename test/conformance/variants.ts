import ts from 'typescript';
import { transform } from '../../transformer/index.ts';
import type { Test262File } from './test-file.ts';

/**
 * Two ways to make a test durable, which cover different things:
 * - `body`: the whole test becomes the body of one durable function, so that everything in it is workflow code;
 * - `directives`: the directive goes into each async function of the test that our rules permit it in.
 */
export type Mode = 'body' | 'directives';

export interface Variants {
  /** Node's own meaning of the code. */
  readonly plain: string;
  /** What the compiler made of it; undefined where it left it as it is. */
  readonly compiled: string | undefined;
  /** Codes of the errors, and what is not supported. */
  readonly refusals: readonly string[];
}

const UNSUPPORTED = /^.*(?= in a durable function is not supported)/;

/** The two programs of a test; undefined where the mode finds nothing to make durable. */
export function variantsOf(test: Test262File, mode: Mode): Variants | undefined {
  const plain = mode === 'body' ? asBody(test.source) : withDirectives(test.source);
  if (plain === undefined) return undefined;
  const { code, diagnostics } = transform(plain, { fileName: 'test.js' });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return {
    plain,
    compiled: code === plain ? undefined : code,
    refusals: [
      ...new Set(errors.map(({ code, message }) => [code, ...(UNSUPPORTED.exec(message) ?? [])].join(': '))),
    ],
  };
}

function asBody(source: string): string {
  return `export async function main() {\n'use durable';\n${source}\n}\n`;
}

function withDirectives(source: string): string | undefined {
  const sourceFile = ts.createSourceFile('test.js', source, ts.ScriptTarget.ESNext, true);
  const bodies: number[] = [];
  ts.forEachChild(sourceFile, function visit(node): void {
    if (ts.isFunctionLike(node)) {
      const { body } = node as ts.FunctionLikeDeclaration;
      if (isPermitted(node) && body && ts.isBlock(body)) bodies.push(body.getStart(sourceFile) + 1);
      return;
    }
    ts.forEachChild(node, visit);
  });
  if (bodies.length === 0) return undefined;
  let text = source;
  for (const position of bodies.toReversed())
    text = `${text.slice(0, position)} 'use durable'; ${text.slice(position)}`;
  return `${text}\nexport {};\n`;
}

/** An async function of the module itself: a declaration, bound to a const, in an object literal, or static. */
function isPermitted(node: ts.SignatureDeclaration): boolean {
  const flags = ts.getCombinedModifierFlags(node as unknown as ts.Declaration);
  if (!(flags & ts.ModifierFlags.Async) || ('asteriskToken' in node && node.asteriskToken)) return false;
  if (ts.isFunctionDeclaration(node)) return ts.isSourceFile(node.parent);
  let holder: ts.Node = node;
  if (ts.isMethodDeclaration(node)) {
    if (!ts.isIdentifier(node.name)) return false;
    if (ts.isClassDeclaration(node.parent)) return (flags & ts.ModifierFlags.Static) !== 0;
    holder = node.parent;
  }
  while (ts.isPropertyAssignment(holder.parent) || ts.isObjectLiteralExpression(holder.parent))
    holder = holder.parent;
  const declaration = holder.parent;
  return (
    ts.isVariableDeclaration(declaration) &&
    ts.isIdentifier(declaration.name) &&
    (declaration.parent.flags & ts.NodeFlags.Const) !== 0 &&
    ts.isSourceFile(declaration.parent.parent.parent)
  );
}
