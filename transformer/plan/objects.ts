import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { isAsyncGenerator, isClosure, isFunctionNode, unwrap, walk } from '../syntax/nodes.ts';
import type { Planner } from './planner.ts';

/**
 * Methods of an object literal can't be marked in place, so the object is marked, with the names of its methods. If a spread or
 * a computed name may replace a method, each method moves to an object of its own, which is marked and spread.
 */
export function planObject(planner: Planner, node: ts.ObjectLiteralExpression): void {
  const { file, plan, runtime } = planner;
  const { ts } = file;
  const methods = node.properties.filter(
    (property) => ts.isMethodDeclaration(property) || isComputedClosure(ts, property),
  );
  if (methods.length === 0) return;
  const iterated = methods.filter((property) => {
    const value = ts.isPropertyAssignment(property) ? unwrap(ts, property.initializer) : property;
    return isFunctionNode(ts, value) && isAsyncGenerator(ts, value);
  });
  const keys = iterated.flatMap(({ name }) => (name && keyText(file, name)) ?? []);
  const others = node.properties.filter((property) => !methods.includes(property));
  const unknown = others.some((other) => isUnknown(ts, other));
  // If each method has an object of its own, it is known which methods with computed names are generators.
  const apart = keys.length < iterated.length && !methods.some((method) => usesSuper(ts, method));
  if (unknown || apart) return planApart(planner, node, methods, iterated);
  const names = methods.flatMap(({ name }) => (name && !ts.isComputedPropertyName(name) ? [name] : []));
  if (keys.length > 0) plan.wrap(node, `${runtime}.markGenerators(`, `, ${keys.join(', ')})`);
  if (names.length === methods.length) {
    const texts = names.map((name) => textOf(ts, name));
    return plan.wrap(node, `${runtime}.markMethods(`, `, ${texts.join(', ')})`);
  }
  // A computed name is known only at run time: mark all but the properties, which may be foreign functions.
  const kept = others.flatMap(({ name }) => (name ? [`, ${textOf(ts, name)}`] : []));
  plan.wrap(node, `${runtime}.markMethodsBut(`, `${kept.join('')})`);
}

/** Each method in an object of its own, which is marked and spread. */
function planApart(
  { file, plan, runtime }: Planner,
  node: ts.ObjectLiteralExpression,
  methods: readonly ts.ObjectLiteralElementLike[],
  iterated: readonly ts.ObjectLiteralElementLike[],
): void {
  const { ts } = file;
  const kept: ts.PropertyName[] = [];
  for (const method of methods) {
    if (!usesSuper(ts, method)) {
      const marker = iterated.includes(method) ? 'markGenerators' : 'markMethodsBut';
      plan.add(method, { kind: 'spread', marker: `${runtime}.${marker}` });
    }
    // In an object of its own, it would have another `super`.
    else if (method.name && !mayBeReplaced(ts, node, method)) kept.push(method.name);
    else
      file.reporter.report(
        'unsupported',
        method,
        'A method that uses `super`, with a computed name or in front of a spread or a computed property,',
        'Give it a plain name and write it behind them.',
      );
  }
  if (kept.length === 0) return;
  const texts = kept.map((name) => textOf(ts, name));
  plan.wrap(node, `${runtime}.markMethods(`, `, ${texts.join(', ')})`);
}

/** Whether a property after a method may have the same name, or the method's own name is known only at run time. */
function mayBeReplaced(
  ts: TypeScript,
  { properties }: ts.ObjectLiteralExpression,
  method: ts.ObjectLiteralElementLike,
): boolean {
  const behind = properties.slice(properties.indexOf(method));
  return behind.some(
    (property) =>
      isUnknown(ts, property) ||
      (property.name !== method.name &&
        property.name &&
        method.name &&
        textOf(ts, property.name) === textOf(ts, method.name)),
  );
}

/** A property whose name is known only at run time, or a spread. */
function isUnknown(ts: TypeScript, { kind, name }: ts.ObjectLiteralElementLike): boolean {
  return kind === ts.SyntaxKind.SpreadAssignment || (name !== undefined && ts.isComputedPropertyName(name));
}

function textOf(ts: TypeScript, name: ts.PropertyName): string {
  return JSON.stringify(ts.isComputedPropertyName(name) ? '' : name.text);
}

/**
 * The key of a member as source text: a literal, or a well-known symbol. Undefined if it is known only at run time, and for
 * `#x`.
 */
export function keyText(file: FileContext, name: ts.PropertyName): string | undefined {
  const { ts } = file;
  if (ts.isPrivateIdentifier(name)) return undefined;
  if (!ts.isComputedPropertyName(name)) return JSON.stringify(name.text);
  const key = unwrap(ts, name.expression);
  if (ts.isStringLiteralLike(key) || ts.isNumericLiteral(key)) return JSON.stringify(key.text);
  const origin = ts.isPropertyAccessExpression(key) ? originOf(file, key) : undefined;
  return origin !== undefined && /^Symbol\.\w+$/.test(origin) ? origin : undefined;
}

/** `[key]: async () => ...`: a wrapped closure would lose its name. */
export function isComputedClosure(ts: TypeScript, property: ts.ObjectLiteralElementLike): boolean {
  return (
    ts.isPropertyAssignment(property) &&
    ts.isComputedPropertyName(property.name) &&
    isClosure(ts, unwrap(ts, property.initializer))
  );
}

function usesSuper(ts: TypeScript, node: ts.Node): boolean {
  let found = false;
  walk(ts, node, (inner) => {
    if (inner.kind === ts.SyntaxKind.SuperKeyword) found = true;
  });
  return found;
}
