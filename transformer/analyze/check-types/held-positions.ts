import type ts from 'typescript';
import type { Reporter } from '../../diagnostics.ts';
import type { Body } from '../body.ts';
import type { SiteNode } from '../name-sites.ts';
import { readingCallsOf } from '../reading-calls.ts';
import type { ProgramTypes } from './program-types.ts';

/** Reports steps that read on in an object whose type says that it holds a position: iterators, cursors, readers. */
export function checkHeldPositions(
  { checker }: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  for (const { call, receiver, method } of readingCallsOf(body, sites)) {
    const type = checker.getNonNullableType(checker.getTypeAtLocation(receiver));
    if (holdsPosition(type, method)) reporter.report('heldPosition', call, call.getText().slice(0, 60));
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
