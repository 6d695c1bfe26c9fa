import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { contains, isReference, walk } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { functionOf } from './callees.ts';

/**
 * The variables around a closure that its code uses, also by functions that it calls, and that are changed: what they hold may
 * be another value at each call. In the order of their declarations.
 */
export function changedCaptures(
  body: Body,
  closure: ts.Node,
  isChanged: (binding: Binding) => boolean,
): readonly Binding[] {
  const { ts, bindings } = body.file;
  const found = new Set<Binding>();
  const code: ts.Node[] = [];
  enter(closure);
  return [...found]
    .filter((binding) => !code.some((part) => contains(part, binding.scope)) && isChanged(binding))
    .sort((one, other) => one.declaration.pos - other.declaration.pos);

  function enter(part: ts.Node): void {
    if (code.some((known) => contains(known, part))) return;
    code.push(part);
    walk(ts, part, (node) => {
      if (!ts.isIdentifier(node) || !isReference(ts, node)) return;
      const binding = bindings.resolve(node);
      if (!binding || !body.isLocal(binding)) return;
      const fn = functionOf(body.file, binding);
      if (fn) enter(fn);
      else found.add(binding);
    });
  }
}
