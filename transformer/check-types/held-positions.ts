import type ts from 'typescript';
import type { Reporter } from '../base/diagnostics.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { readingCallsOf } from '../body/reading-calls.ts';
import { excludeEachOther, isRepeated } from '../flow/uses-of-values.ts';
import { contains, unwrap } from '../syntax/nodes.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports steps that read on in an object whose type says that it holds a position: iterators, cursors, readers. And steps that
 * are given one which the function uses again, as \`runtime/used-up.ts\` does.
 */
export function checkHeldPositions(
  { ts, checker }: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  for (const { call, receiver, method } of readingCallsOf(body, sites)) {
    const type = checker.getNonNullableType(checker.getTypeAtLocation(receiver));
    if (holdsPosition(type, method)) reporter.report('heldPosition', call, call.getText().slice(0, 60));
  }
  for (const { site, node } of sites) {
    if (site.kind !== 'step' || !ts.isCallExpression(node)) continue;
    for (const argument of node.arguments) {
      const name = unwrap(ts, argument);
      if (!ts.isIdentifier(name) || !isUsedAgain(name, node)) continue;
      const type = checker.getNonNullableType(checker.getTypeAtLocation(name));
      if (isReader(type) || (has(type, 'next') && holdsPosition(type, 'next')))
        reporter.report('heldPosition', node, node.getText().slice(0, 60));
    }
  }

  /** Whether a constant that a step is given is read on, behind the step or by the step itself in a loop. */
  function isUsedAgain(name: ts.Identifier, step: ts.CallExpression): boolean {
    const binding = body.file.bindings.resolve(name);
    const declaration = binding?.declaration;
    if (!binding || !declaration || !body.isLocal(binding) || !ts.isVariableDeclaration(declaration))
      return false;
    const made = declaration.initializer;
    if (!made || !(declaration.parent.flags & ts.NodeFlags.Const)) return false;
    if (isRepeated(ts, name, made)) return true;
    return body.file.nodes
      .usesOf(name)
      .some(
        (use) =>
          use.pos > step.end &&
          use !== declaration.name &&
          !contains(step, use) &&
          !isEnded(use) &&
          !excludeEachOther(ts, name, use),
      );
  }

  /** \`it.return()\`, \`reader.releaseLock()\` */
  function isEnded({ parent }: ts.Identifier): boolean {
    return ts.isPropertyAccessExpression(parent) && ENDS.test(parent.name.text);
  }

  /** As the runtime sees it in the object itself. */
  function holdsPosition(type: ts.Type, method: string): boolean {
    switch (method) {
      case 'next':
        return hasSymbol(type, 'asyncIterator') || hasSymbol(type, 'iterator') || has(type, 'hasNext');
      case 'hasNext':
        return has(type, 'next');
      default:
        return isReader(type) || (has(type, 'pipe') && hasSymbol(type, 'asyncIterator'));
    }
  }

  function has(type: ts.Type, name: string): boolean {
    return checker.getPropertyOfType(type, name) !== undefined;
  }

  function hasSymbol(type: ts.Type, name: string): boolean {
    return checker
      .getPropertiesOfType(type)
      .some(({ escapedName }) => String(escapedName).startsWith(`__@${name}`));
  }

  function isReader(type: ts.Type): boolean {
    return /^ReadableStream(Default|BYOB)Reader$/.test(type.getSymbol()?.name ?? '');
  }
}

const ENDS =
  /^(close|return|throw|cancel|destroy|abort|end|releaseLock|off|on|once|removeListener|unpipe|closed)$/;
