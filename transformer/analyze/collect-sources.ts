import type ts from 'typescript';
import type { Binding } from './bindings.ts';
import type { Body } from './body.ts';
import { isHelperCall, isPureGlobal, localFunctionOf, originOf } from './callees.ts';
import { ADDERS } from './method-names.ts';
import { isAssignment, isClosure, rootOf, unwrap } from './syntax.ts';

/**
 * First half of pass 2: where the local names of a body take their values from.
 *
 * - `same`: the name has that value;
 * - `member`: the name holds it;
 * - `element`: the name is one of what that holds.
 */
export interface Source {
  readonly from: ts.Expression;
  readonly relation: 'same' | 'member' | 'element';
}

export function collectSources(body: Body): ReadonlyMap<Binding, readonly Source[]> {
  const { file, durable } = body;
  const { ts, bindings } = file;
  const sources = new Map<Binding, Source[]>();
  file.nodes.walk(durable.node, collect);
  return sources;

  function source(name: ts.Node, from: ts.Expression, relation: Source['relation']): void {
    if (ts.isIdentifier(name)) {
      const binding = bindings.resolve(name);
      if (!binding || !body.isLocal(binding)) return;
      const list = sources.get(binding);
      if (list) list.push({ from, relation });
      else sources.set(binding, [{ from, relation }]);
      return;
    }
    // A pattern: each of its names is a member of what is taken apart.
    ts.forEachChild(name, function each(child): void {
      if (ts.isBindingElement(child)) {
        source(child.name, from, 'element');
        if (child.initializer) source(child.name, child.initializer, 'same');
      } else if (ts.isIdentifier(child)) source(child, from, 'element');
      else ts.forEachChild(child, each);
    });
  }

  function collect(node: ts.Node): void {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && node.initializer) {
      source(node.name, node.initializer, 'same');
    }
    if (ts.isForOfStatement(node)) {
      const target = node.initializer;
      if (ts.isVariableDeclarationList(target)) {
        for (const declaration of target.declarations) source(declaration.name, node.expression, 'element');
      } else source(target, node.expression, 'element');
    } else if (ts.isBinaryExpression(node) && isAssignment(ts, node)) {
      const target = unwrap(ts, node.left);
      if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
        source(rootOf(ts, target), node.right, 'member');
      } else source(target, node.right, 'same');
    } else if (ts.isCallExpression(node)) {
      collectCall(node);
    }
  }

  function collectCall(call: ts.CallExpression): void {
    const callee = unwrap(ts, call.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      if (ADDERS.has(callee.name.text)) {
        for (const argument of call.arguments) source(rootOf(ts, callee), argument, 'member');
      }
      if (isHelperCall(body, call)) {
        const from = isPureGlobal(file, callee) ? call.arguments[0] : callee.expression;
        for (const argument of call.arguments) {
          const closure = unwrap(ts, argument);
          if (!isClosure(ts, closure) || !from) continue;
          for (const parameter of closure.parameters) source(parameter.name, from, 'element');
        }
      }
    }
    if (originOf(file, callee) === 'Object.assign') {
      const [target, ...parts] = call.arguments;
      for (const part of parts) if (target) source(rootOf(ts, target), part, 'same');
    }
    const target = localFunctionOf(body, callee);
    target?.parameters.forEach((parameter, index) => {
      if (parameter.dotDotDotToken)
        for (const argument of call.arguments.slice(index)) source(parameter.name, argument, 'member');
      else if (call.arguments[index]) source(parameter.name, call.arguments[index], 'same');
    });
  }
}
