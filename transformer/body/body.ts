import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import type { DurableFunction } from '../find/find-directives.ts';
import { contains, isFunctionNode } from '../syntax/nodes.ts';

/** One durable function under analysis. */
export interface Body {
  readonly file: FileContext;
  readonly durable: DurableFunction;
  /** Declarations of all durable functions of the file; a call of one is a child, not a step. */
  readonly durableFunctions: ReadonlyMap<ts.Node, DurableFunction>;
  /** Code in it that belongs to steps, collected during planning: closures, each with the functions that it calls. */
  readonly stepCode: (readonly ts.Node[])[];
  /** Whether a binding is declared inside this function, its parameters included. */
  isLocal(binding: Binding): boolean;
  /** Whether a `this` or `super` belongs to the durable function itself, and not to a function or class inside it. */
  isOwnThis(node: ts.Node): boolean;
}

export function createBody(
  file: FileContext,
  durable: DurableFunction,
  durableFunctions: ReadonlyMap<ts.Node, DurableFunction>,
): Body {
  const { ts } = file;
  return {
    file,
    durable,
    durableFunctions,
    stepCode: [],
    isLocal: (binding) => contains(durable.node, binding.scope),
    isOwnThis: (node) => {
      for (let at = node.parent; at; at = at.parent) {
        if (at === durable.node) return true;
        if ((isFunctionNode(ts, at) && !ts.isArrowFunction(at)) || ts.isClassLike(at)) return false;
      }
      return false;
    },
  };
}
