import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { isAssigned, unwrap, walk } from '../syntax/nodes.ts';
import { targetsOf } from '../syntax/writes.ts';
import { calledSteps, comesAgain, isReplacedBy } from './called-steps.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports steps that are methods of an object of the durable function and change a property which the function reads. A
 * replay skips the method. Properties that only other methods read, such as a connection or a counter, are not reported.
 */
export function checkChangedReceivers(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  return new ChangedReceiverCheck(types, body, sites, reporter).run();
}

class ChangedReceiverCheck {
  private readonly types: ProgramTypes;
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly reporter: Reporter;
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly file: FileContext;

  constructor(types: ProgramTypes, body: Body, sites: readonly SiteNode[], reporter: Reporter) {
    this.types = types;
    this.body = body;
    this.sites = sites;
    this.reporter = reporter;
    const { ts, checker } = types;
    this.ts = ts;
    this.checker = checker;
    const { file } = body;
    this.file = file;
  }

  run(): void {
    const { types, sites, ts, file, body, reporter } = this;
    for (const { site, call: node, fn: method } of calledSteps(types, body, sites)) {
      const callee = unwrap(ts, node.expression);
      if (!ts.isPropertyAccessExpression(callee)) continue;
      if (!ts.isMethodDeclaration(method) || !method.body) continue;
      const changed = this.changedProperties(method.body);
      if (changed.size === 0) continue;
      const read = ts.isIdentifier(callee.expression)
        ? this.readOf(callee.expression, node, changed)
        : this.readInClass(callee.expression, method, changed);
      if (!read) continue;
      reporter.report('changedArgument', callee, site.id, read.getText(file.sourceFile));
    }
  }

  /** Where the function reads a changed property of a variable after the call. */
  private readOf(
    receiver: ts.Identifier,
    call: ts.CallExpression,
    changed: ReadonlySet<string>,
  ): ts.PropertyAccessExpression | undefined {
    const { ts, file, body } = this;
    const binding = file.bindings.resolve(receiver);
    if (!binding || !body.isLocal(binding) || isReplacedBy(ts, call, receiver)) return undefined;
    const again = comesAgain(body, call, receiver);
    for (const use of file.nodes.usesOf(receiver)) {
      const access = use.parent;
      if (!again && use.pos < call.end) continue;
      if (!ts.isPropertyAccessExpression(access) || access.expression !== use) continue;
      if (this.isRead(access, changed)) return access;
    }
    return undefined;
  }

  /**
   * Where the function reads a changed property, if a class of the function calls the inherited method with `super` or `this`.
   * Objects of that class are not in a variable that is known here, so all reads of the property count.
   */
  private readInClass(
    receiver: ts.Expression,
    method: ts.MethodDeclaration,
    changed: ReadonlySet<string>,
  ): ts.PropertyAccessExpression | undefined {
    const { ts, file, body, checker } = this;
    const isOwn = receiver.kind === ts.SyntaxKind.SuperKeyword || receiver.kind === ts.SyntaxKind.ThisKeyword;
    if (!isOwn || body.isOwnThis(receiver)) return undefined;
    let read: ts.PropertyAccessExpression | undefined;
    file.nodes.walk(body.durable.node, (access) => {
      if (read || !ts.isPropertyAccessExpression(access) || !this.isRead(access, changed)) return;
      const declarations = checker.getSymbolAtLocation(access.name)?.declarations ?? [];
      if (declarations.some(({ parent }) => parent === method.parent)) read = access;
    });
    return read;
  }

  private isRead(access: ts.PropertyAccessExpression, changed: ReadonlySet<string>): boolean {
    if (isAssigned(this.ts, access)) return false;
    return [...this.propertiesBehind(access)].some((name) => changed.has(name));
  }

  /** The property that is read, and the properties that its getter reads. */
  private propertiesBehind(access: ts.PropertyAccessExpression): ReadonlySet<string> {
    const { checker, ts } = this;
    const names = new Set([access.name.text]);
    for (const declaration of checker.getSymbolAtLocation(access.name)?.declarations ?? []) {
      if (!ts.isGetAccessor(declaration) || !declaration.body) continue;
      walk(ts, declaration.body, (node) => {
        const name = this.ownProperty(node);
        if (name !== undefined) names.add(name);
      });
    }
    return names;
  }

  private changedProperties(code: ts.Block): ReadonlySet<string> {
    const { ts } = this;
    const names = new Set<string>();
    const add = (expression: ts.Expression): void => {
      for (let at = unwrap(ts, expression); ; at = unwrap(ts, at.expression)) {
        const name = this.ownProperty(at);
        if (name !== undefined) names.add(name);
        if (!ts.isPropertyAccessExpression(at) && !ts.isElementAccessExpression(at)) return;
      }
    };
    walk(ts, code, (node) => {
      for (const target of targetsOf(ts, node)) add(target);
      if (!ts.isCallExpression(node)) return;
      const callee = unwrap(ts, node.expression);
      if (ts.isPropertyAccessExpression(callee) && MUTATORS.has(callee.name.text)) add(callee.expression);
    });
    return names;
  }

  private ownProperty(node: ts.Node): string | undefined {
    const { ts } = this;
    const own = ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword;
    return own ? node.name.text : undefined;
  }
}
