import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { contains, isAssigned, isAssignment, unwrap, unwrapParent, walk } from '../syntax/nodes.ts';
import { targetsOf } from '../syntax/writes.ts';
import { comesAgain } from './changed-arguments.ts';
import { implementationOf, isDurableDeclaration } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports steps that are methods of an object of the durable function and change a property of it which the function
 * reads: a replay doesn't call the method again. What only other methods read (a connection, a counter) is left alone.
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
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly reporter: Reporter;
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly file: FileContext;

  constructor(types: ProgramTypes, body: Body, sites: readonly SiteNode[], reporter: Reporter) {
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
    const { sites, ts, file, body, checker, reporter } = this;
    for (const { site, node } of sites) {
      if (site.kind !== 'step' || !ts.isCallExpression(node)) continue;
      const callee = unwrap(ts, node.expression);
      if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) continue;
      const receiver = callee.expression;
      const binding = file.bindings.resolve(receiver);
      if (!binding || !body.isLocal(binding) || this.isReplaced(node, receiver)) continue;
      const called = checker.getResolvedSignature(node)?.declaration;
      const method = called && implementationOf(ts, called);
      if (!method || !ts.isMethodDeclaration(method) || !method.body) continue;
      if (contains(body.durable.node, method) || isDurableDeclaration(ts, method)) continue;
      const changed = this.changedProperties(method.body);
      if (changed.size === 0) continue;
      const again = comesAgain(body, node, receiver);
      const read = file.nodes.usesOf(receiver).find((use) => {
        const access = use.parent;
        if (!again && use.pos < node.end) return false;
        if (!ts.isPropertyAccessExpression(access) || access.expression !== use) return false;
        return (
          !isAssigned(ts, access) && [...this.propertiesBehind(access)].some((name) => changed.has(name))
        );
      });
      if (!read) continue;
      const what = (read.parent as ts.PropertyAccessExpression).getText(file.sourceFile);
      reporter.report('changedArgument', callee, site.id, what);
    }
  }

  /** `order = await order.priced()`: from here on it is what the journal holds. */
  private isReplaced(call: ts.CallExpression, receiver: ts.Identifier): boolean {
    const { ts } = this;
    const target = unwrapParent(ts, unwrapParent(ts, call));
    return (
      ts.isBinaryExpression(target) && isAssignment(ts, target) && target.left.getText() === receiver.text
    );
  }

  /** The property that is read, and those that its getter reads. */
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
