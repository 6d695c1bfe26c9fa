import type ts from 'typescript';
import type { TypeScript } from '../typescript.ts';
import type { Planner } from './plan-body.ts';
import { isClosure, unwrap, walk } from './syntax.ts';

/**
 * Methods of an object literal can't be marked where they stand, so the object is, with the names of its methods. Where
 * a spread or a computed name may replace one of them, each stands in an object of its own, which is marked and spread.
 */
export function planObject(planner: Planner, node: ts.ObjectLiteralExpression): void {
  const { file, plan, runtime } = planner;
  const { ts } = file;
  const methods = node.properties.filter(
    (property) => ts.isMethodDeclaration(property) || isComputedClosure(ts, property),
  );
  if (methods.length === 0) return;
  const others = node.properties.filter((property) => !methods.includes(property));
  const unknown = others.some(
    ({ kind, name }) =>
      kind === ts.SyntaxKind.SpreadAssignment || (name !== undefined && ts.isComputedPropertyName(name)),
  );
  if (unknown) {
    const kept: ts.PropertyName[] = [];
    for (const method of methods) {
      if (!usesSuper(ts, method)) plan.add(method, { kind: 'spread', marker: `${runtime}.markMethodsBut` });
      // In an object of its own, its `super` would be another.
      else if (method.name && !mayBeReplaced(method)) kept.push(method.name);
      else
        file.reporter.report(
          'unsupported',
          method,
          'A method that uses `super`, with a computed name or in front of a spread or a computed property,',
          'Give it a plain name and write it behind them.',
        );
    }
    if (kept.length > 0) plan.wrap(node, `${runtime}.markMethods(`, `, ${kept.map(keyText).join(', ')})`);
    return;
  }
  const names = methods.flatMap(({ name }) => (name && !ts.isComputedPropertyName(name) ? [name] : []));
  if (names.length === methods.length) {
    return plan.wrap(node, `${runtime}.markMethods(`, `, ${names.map(keyText).join(', ')})`);
  }
  // A computed name is known at run time only: mark all but the properties, which may hold foreign functions.
  const kept = others.flatMap(({ name }) => (name ? [`, ${keyText(name)}`] : []));
  plan.wrap(node, `${runtime}.markMethodsBut(`, `${kept.join('')})`);

  /** Whether a property behind a method may have the same name, or the method's own name is known at run time only. */
  function mayBeReplaced(method: ts.ObjectLiteralElementLike): boolean {
    const behind = node.properties.slice(node.properties.indexOf(method));
    return behind.some(
      ({ kind, name }) =>
        kind === ts.SyntaxKind.SpreadAssignment ||
        (name && ts.isComputedPropertyName(name)) ||
        (name !== method.name && name && method.name && keyText(name) === keyText(method.name)),
    );
  }

  function keyText(name: ts.PropertyName): string {
    return JSON.stringify(ts.isComputedPropertyName(name) ? '' : name.text);
  }
}

/** `[key]: async () => ...`: to wrap the closure would cost it its name. */
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
