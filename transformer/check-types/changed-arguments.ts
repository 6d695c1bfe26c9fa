import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { MUTATORS } from '../syntax/method-names.ts';
import { unwrap, walk } from '../syntax/nodes.ts';
import { pathRootOf, targetsOf } from '../syntax/writes.ts';
import { calledSteps, comesAgain, isReplacedBy } from './called-steps.ts';
import { isChangeable } from './captured-mutations.ts';
import type { ProgramTypes } from './program-types.ts';

/**
 * Reports steps that change an object of the durable function which is their argument, if the durable function uses the
 * object afterwards. A replay skips the step, so the object would stay as it was.
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
    const { types, sites, ts, body, reporter, file } = this;
    for (const { site, call: node, fn } of calledSteps(types, body, sites)) {
      const { body: code } = fn;
      if (!code || fn.getSourceFile().isDeclarationFile) continue;
      for (const [index, argument] of node.arguments.entries()) {
        if (ts.isSpreadElement(argument)) break;
        const root = this.ownedBy(argument);
        const parameter = root && fn.parameters[index];
        if (parameter && this.isChanged(code, parameter) && this.isUsedAfter(root, node))
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

  /** Whether the durable function uses a variable after a call: further down, or in the next iteration. */
  private isUsedAfter(root: ts.Identifier, call: ts.CallExpression): boolean {
    const { ts, body, file } = this;
    if (isReplacedBy(ts, call, root)) return false;
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

  /** Whether a function surely changes the object that is its parameter, on at least one path. */
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
