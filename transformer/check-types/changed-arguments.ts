import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { contains, isAssignment, isFunctionNode, unwrap, unwrapParent, walk } from '../syntax/nodes.ts';
import { pathRootOf, targetsOf } from '../syntax/writes.ts';
import { isChangeable } from './captured-mutations.ts';
import { implementationOf, isDurableDeclaration } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

/** Whether a call may be made more than once while a variable stands for the same. */
export function comesAgain({ file, durable }: Body, call: ts.Node, variable: ts.Identifier): boolean {
  const { ts } = file;
  const scope = file.bindings.resolve(variable)?.scope;
  for (let at = call; at !== durable.node && at !== scope; at = at.parent)
    if (ts.isIterationStatement(at, false) || isFunctionNode(ts, at)) return true;
  return false;
}

/**
 * Reports steps that change an object of the durable function which they are given as an argument, where the durable
 * function goes on with it: a replay doesn't call them again, so the object would stay as it was.
 */
export function checkChangedArguments(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  return new ChangedArgumentCheck(types, body, sites, reporter).run();
}

class ChangedArgumentCheck {
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
    const { sites, ts, checker, body, reporter, file } = this;
    for (const { site, node } of sites) {
      if (site.kind !== 'step' || !ts.isCallExpression(node)) continue;
      const called = checker.getResolvedSignature(node)?.declaration;
      const fn = called && implementationOf(ts, called);
      if (!fn?.body || contains(body.durable.node, fn)) continue;
      if (fn.getSourceFile().isDeclarationFile || isDurableDeclaration(ts, fn)) continue;
      for (const [index, argument] of node.arguments.entries()) {
        if (ts.isSpreadElement(argument)) break;
        const root = this.ownedBy(argument);
        const parameter = root && fn.parameters[index];
        if (parameter && this.isChanged(fn.body, parameter) && this.isUsedAfter(root, node))
          reporter.report('changedArgument', argument, site.id, argument.getText(file.sourceFile));
      }
    }
  }

  /** The variable of the durable function that an argument is, or is a part of. */
  private ownedBy(argument: ts.Expression): ts.Identifier | undefined {
    const { ts, file, body } = this;
    const path = pathRootOf(ts, argument);
    if (!path || !ts.isIdentifier(path.root)) return undefined;
    const binding = file.bindings.resolve(path.root);
    return binding && body.isLocal(binding) ? path.root : undefined;
  }

  /** Whether the function goes on with a variable behind a call: further down, or around again. */
  private isUsedAfter(root: ts.Identifier, call: ts.CallExpression): boolean {
    const { ts, body, file } = this;
    const target = unwrapParent(ts, unwrapParent(ts, call));
    // `order = await priced(order)`: from here on it is what the journal holds.
    if (ts.isBinaryExpression(target) && isAssignment(ts, target) && target.left.getText() === root.text)
      return false;
    return comesAgain(body, call, root) || file.nodes.usesOf(root).some((use) => use.pos >= call.end);
  }

  private isChanged(code: ts.Node, parameter: ts.ParameterDeclaration): boolean {
    const { types, ts } = this;
    const known = types.changed.get(parameter);
    if (known !== undefined) return known;
    const { name, dotDotDotToken } = parameter;
    const changed = ts.isIdentifier(name) && !dotDotDotToken && this.changes(code, name);
    types.changed.set(parameter, changed);
    return changed;
  }

  /** Whether a function surely changes what its parameter is, in some of its ways. */
  private changes(code: ts.Node, name: ts.Identifier): boolean {
    const { checker, ts } = this;
    const parameter = checker.getSymbolAtLocation(name);
    let found = false;
    let replaced = false;
    const isOwn = (expression: ts.Expression, deep: boolean): boolean => {
      const path = pathRootOf(ts, expression);
      if (!path || (deep && !path.deep) || !ts.isIdentifier(path.root)) return false;
      return path.root.text === name.text && checker.getSymbolAtLocation(path.root) === parameter;
    };
    walk(ts, code, (node) => {
      for (const target of targetsOf(ts, node)) {
        if (isOwn(target, true)) found = true;
        else if (isOwn(target, false)) replaced = true;
      }
      if (!ts.isCallExpression(node)) return;
      const callee = unwrap(ts, node.expression);
      if (!ts.isPropertyAccessExpression(callee) || !MUTATORS.has(callee.name.text)) return;
      if (isOwn(callee.expression, false) && isChangeable(checker.getTypeAtLocation(callee.expression)))
        found = true;
    });
    return found && !replaced;
  }
}
