import type ts from 'typescript';
import { mayRegister } from '../base/may-concern.ts';
import type { PlanBuilder } from '../base/plan.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { functionAround, isFunctionNode, staticKey, unwrap } from '../syntax/nodes.ts';
import { fileNamesOf } from './module.ts';

/** A class as a module names it. */
interface NamedClass {
  /** Its name where it is declared, as far as the file shows it: its default id in journals. */
  readonly name: string;
  /** Its name here. No two classes of a module have the same one. */
  readonly local: string;
}

/**
 * Plans calls of `registerClass` at the top level of the module. Each call gets the name of its class in the source, which a
 * minifier changes, and the place. So a module that is evaluated again is not taken for another class of the same name.
 */
export function planRegistrations(file: FileContext, plan: PlanBuilder): void {
  const { ts, sourceFile, nodes } = file;
  if (!mayRegister(sourceFile.text)) return;
  const { package: pkg, file: path } = fileNamesOf(file);
  nodes.walk(sourceFile, (node) => {
    if (!ts.isCallExpression(node) || node.questionDotToken || functionAround(ts, node)) return;
    if (originOf(file, node.expression) !== 'use-durable#registerClass') return;
    const [argument, options] = node.arguments;
    if (argument === undefined || node.arguments.length > 2 || node.arguments.some(ts.isSpreadElement))
      return;
    const cls = namedClass(file, unwrap(ts, argument));
    if (cls === undefined) return;
    const place = `${pkg === undefined ? '' : `${pkg}/`}${path}#${cls.local}`;
    const source = `${JSON.stringify({ name: cls.name, place })})`;
    if (options === undefined)
      plan.replace(node, ['', '(', `, void 0, ${source}`], [node.expression, argument]);
    else plan.replace(node, ['', '(', ', ', `, ${source}`], [node.expression, argument, options]);
  });
}

/** Whether a text may register a class; every other one without a directive leaves the compiler untouched. */
function namedClass(file: FileContext, cls: ts.Expression): NamedClass | undefined {
  const { ts, bindings } = file;
  if (cls.kind === ts.SyntaxKind.ThisKeyword) return classOfStaticBlock(file, cls);
  if (ts.isPropertyAccessExpression(cls) || ts.isElementAccessExpression(cls)) {
    const root = unwrap(ts, cls.expression);
    const key = staticKey(ts, cls);
    const declaration = ts.isIdentifier(root) ? bindings.resolve(root)?.declaration : undefined;
    if (key === undefined || !declaration || !ts.isNamespaceImport(declaration)) return undefined;
    return { name: key, local: `${declaration.name.text}.${key}` };
  }
  if (!ts.isIdentifier(cls)) return undefined;
  const declaration = bindings.resolve(cls)?.declaration;
  if (declaration === undefined) return undefined;
  if (ts.isImportSpecifier(declaration)) {
    const { text } = declaration.propertyName ?? declaration.name;
    return { name: text === 'default' ? cls.text : text, local: cls.text };
  }
  if (ts.isImportClause(declaration)) return { name: cls.text, local: cls.text };
  return nameOfDeclaration(file, declaration);
}

/** The name of a class that is made once in each evaluation of the module. */
function nameOfDeclaration({ ts }: FileContext, declaration: ts.Node): NamedClass | undefined {
  if (ts.isClassDeclaration(declaration)) {
    const { name, parent } = declaration;
    return name && ts.isSourceFile(parent) ? { name: name.text, local: name.text } : undefined;
  }
  if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return undefined;
  const { parent: list, initializer, name } = declaration;
  if (!(list.flags & ts.NodeFlags.Const) || !ts.isSourceFile(list.parent.parent) || !initializer)
    return undefined;
  const value = unwrap(ts, initializer);
  const own = ts.isClassExpression(value) ? value.name : undefined;
  return { name: (own ?? name).text, local: name.text };
}

function classOfStaticBlock(file: FileContext, node: ts.Node): NamedClass | undefined {
  const { ts } = file;
  for (let at = node.parent; at && !isFunctionNode(ts, at); at = at.parent) {
    if (ts.isClassLike(at))
      return nameOfDeclaration(file, ts.isClassDeclaration(at) ? at : declarationAround(ts, at));
  }
  return undefined;
}

/** The declaration of which an expression is the value, or else the node that contains it. */
function declarationAround(ts: FileContext['ts'], node: ts.Node): ts.Node {
  let at = node.parent;
  while (ts.isParenthesizedExpression(at)) at = at.parent;
  return at;
}
