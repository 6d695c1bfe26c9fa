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
      if (!ts.isPropertyAccessExpression(callee) || !ts.isIdentifier(callee.expression)) continue;
      const receiver = callee.expression;
      const binding = file.bindings.resolve(receiver);
      if (!binding || !body.isLocal(binding) || isReplacedBy(ts, node, receiver)) continue;
      if (!ts.isMethodDeclaration(method) || !method.body) continue;
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
