import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';

/** Whether a name is key and value of an object literal, `{ ready }`. In `({ ready = 1 } = options)` it is a target. */
export function isShorthandValue(ts: TypeScript, node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isShorthandPropertyAssignment(parent) && parent.name === node && !parent.objectAssignmentInitializer
  );
}
