import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { readingCallsOf } from '../body/reading-calls.ts';
import { excludeEachOther, isRepeated } from '../flow/value-uses.ts';
import { contains, unwrap } from '../syntax/nodes.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports steps that continue to read from an object whose type says that it holds a position: iterators, cursors, readers.
 * Reports steps, too, that receive such an object as an argument which the function uses again. At run time
 * `runtime/run/used-up-arguments.ts` refuses the same.
 */
export function checkHeldPositions(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  return new HeldPositionCheck(types, body, sites, reporter).run();
}

class HeldPositionCheck {
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly reporter: Reporter;

  constructor({ ts, checker }: ProgramTypes, body: Body, sites: readonly SiteNode[], reporter: Reporter) {
    this.ts = ts;
    this.checker = checker;
    this.body = body;
    this.sites = sites;
    this.reporter = reporter;
  }

  run(): void {
    const { body, sites, checker, reporter, ts } = this;
    for (const { call, receiver, method } of readingCallsOf(body, sites)) {
      const type = checker.getNonNullableType(checker.getTypeAtLocation(receiver));
      if (this.holdsPosition(type, method))
        reporter.report('heldPosition', call, call.getText().slice(0, 60));
    }
    for (const { site, node } of sites) {
      if (site.kind !== 'step' || !ts.isCallExpression(node)) continue;
      for (const argument of node.arguments) {
        const name = unwrap(ts, argument);
        if (!ts.isIdentifier(name) || !this.isUsedAgain(name, node)) continue;
        const type = checker.getNonNullableType(checker.getTypeAtLocation(name));
        if (this.isReader(type) || (this.has(type, 'next') && this.holdsPosition(type, 'next')))
          reporter.report('heldPosition', node, node.getText().slice(0, 60));
      }
    }
  }

  /** Whether a constant that a step receives is read again, after the step or by the step itself in a loop. */
  private isUsedAgain(name: ts.Identifier, step: ts.CallExpression): boolean {
    const { body, ts } = this;
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
          !this.isEnded(use) &&
          !excludeEachOther(ts, name, use),
      );
  }

  /** `it.return()`, `reader.releaseLock()` */
  private isEnded({ parent }: ts.Identifier): boolean {
    const { ts } = this;
    return ts.isPropertyAccessExpression(parent) && ENDS.test(parent.name.text);
  }

  /** The same rule as at run time, for types. */
  private holdsPosition(type: ts.Type, method: string): boolean {
    switch (method) {
      case 'next':
        return (
          this.hasSymbol(type, 'asyncIterator') ||
          this.hasSymbol(type, 'iterator') ||
          this.has(type, 'hasNext')
        );
      case 'hasNext':
        return this.has(type, 'next');
      default:
        return this.isReader(type) || (this.has(type, 'pipe') && this.hasSymbol(type, 'asyncIterator'));
    }
  }

  private has(type: ts.Type, name: string): boolean {
    const { checker } = this;
    return checker.getPropertyOfType(type, name) !== undefined;
  }

  private hasSymbol(type: ts.Type, name: string): boolean {
    const { checker } = this;
    return checker
      .getPropertiesOfType(type)
      .some(({ escapedName }) => String(escapedName).startsWith(`__@${name}`));
  }

  private isReader(type: ts.Type): boolean {
    return /^ReadableStream(Default|BYOB)Reader$/.test(type.getSymbol()?.name ?? '');
  }
}

const ENDS =
  /^(close|return|throw|cancel|destroy|abort|end|releaseLock|off|on|once|removeListener|unpipe|closed)$/;
