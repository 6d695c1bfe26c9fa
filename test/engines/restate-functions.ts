import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { definitionOf, findDefinition } from '../../runtime/functions/definitions.ts';
import type { Modules } from './load.ts';
import { CHILDREN } from './programs.ts';

/** All durable functions of the programs, by their ids. */
export function servedFunctions(modules: Modules): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  for (const module of Object.values(modules)) {
    if (module.status === 'rejected') continue;
    for (const fn of Object.values(module.value)) {
      const definition = definitionOf(fn);
      if (definition !== undefined) functions[definition.id] = fn as AnyFunction;
    }
  }
  for (const id of CHILDREN) {
    const callable = findDefinition(id)?.callable;
    if (callable !== undefined) functions[id] = callable;
  }
  return functions;
}
