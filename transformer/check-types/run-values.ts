import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { FunctionNode } from '../syntax/nodes.ts';
import { isFunctionNode, isReference, unwrap, unwrapParent, walk, wrapped } from '../syntax/nodes.ts';
import type { Refusal } from './carried-types.ts';
import { isDurableDeclaration, originalSymbol } from './places.ts';
import type { ProgramTypes } from './program-types.ts';
import { reportRefusal } from './report-refusal.ts';

/**
 * Reports parameters and results of durable functions that can't be written to the journal. This applies only to functions that
 * start runs. A function that other durable functions call runs inside of their runs, and may pass any values.
 */
export function checkRunValues(types: ProgramTypes, body: Body, reporter: Reporter): void {
  return new RunValueCheck(types, body, reporter).run();
}

class RunValueCheck {
  private readonly types: ProgramTypes;
  private readonly body: Body;
  private readonly reporter: Reporter;
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly node: FunctionNode;
  // In its own file the name is enough.
  private readonly name: string;
  private readonly signature: ts.Signature | undefined;
  /** Computed when there is something to report. */
  private use: Use | undefined;

  constructor(types: ProgramTypes, body: Body, reporter: Reporter) {
    this.types = types;
    this.body = body;
    this.reporter = reporter;
    const { ts, checker } = types;
    this.ts = ts;
    this.checker = checker;
    const { node, id } = body.durable;
    this.node = node;
    // In its own file the name is enough.
    this.name = id.slice(id.lastIndexOf('#') + 1);
    this.signature = checker.getSignatureFromDeclaration(node);
  }

  run(): void {
    const { signature, node, ts, types, checker, name } = this;
    if (!signature) return;

    for (const [index, parameter] of node.parameters.entries()) {
      if (ts.isIdentifier(parameter.name) && parameter.name.text === 'this') continue;
      const refusal = types.carried.refusalOf(checker.getTypeAtLocation(parameter));
      const root = ts.isIdentifier(parameter.name) ? parameter.name.text : `arguments[${index}]`;
      const optional = parameter.questionToken !== undefined || parameter.initializer !== undefined;
      if (refusal)
        this.report(
          parameter,
          `The input of \`${name}\``,
          root,
          optional ? { ...refusal, certain: false } : refusal,
        );
    }
    const result = checker.getAwaitedType(checker.getReturnTypeOfSignature(signature));
    const refusal =
      result &&
      (types.results.refusalOf(result) ?? (this.makesResult() ? types.carried.refusalOf(result) : undefined));
    if (refusal)
      this.report(node.type ?? this.nameOf() ?? node, `The result of \`${name}\``, 'result', refusal);
  }

  private report(at: ts.Node, subject: string, root: string, refusal: Refusal): void {
    const { reporter } = this;
    // It may be a durable function, which the journal can hold.
    if (refusal.kind === 'function' && !refusal.certain) return;
    this.use ??= this.useOf();
    if (this.use === 'called') return;
    reportRefusal(reporter, at, subject, root, {
      ...refusal,
      certain: refusal.certain && this.use === 'started',
    });
  }

  /** Results of steps may be returned in part. Instances that the function makes may not. */
  private makesResult(): boolean {
    const { ts, node } = this;
    let found = ts.isArrowFunction(node) && !ts.isBlock(node.body) && this.isMade(node.body);
    walk(ts, node, (inner) => {
      if (ts.isReturnStatement(inner) && inner.expression) found ||= this.isMade(inner.expression);
    });
    return found;
  }

  private isMade(expression: ts.Expression): boolean {
    const { ts, checker } = this;
    const made = unwrap(ts, expression);
    if (ts.isIdentifier(made)) {
      const declaration = checker.getSymbolAtLocation(made)?.valueDeclaration;
      return declaration !== undefined &&
        ts.isVariableDeclaration(declaration) &&
        declaration.initializer !== undefined
        ? this.isMade(declaration.initializer)
        : false;
    }
    if (ts.isObjectLiteralExpression(made))
      return made.properties.some((one) => ts.isPropertyAssignment(one) && this.isMade(one.initializer));
    return (
      ts.isNewExpression(made) ||
      (ts.isArrayLiteralExpression(made) && made.elements.some((one) => this.isMade(one)))
    );
  }

  private nameOf(): ts.Node | undefined {
    const { node, ts } = this;
    if ('name' in node && node.name) return node.name;
    const { parent } = wrapped(ts, node as unknown as ts.Expression);
    return ts.isVariableDeclaration(parent) ||
      ts.isPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent)
      ? parent.name
      : undefined;
  }

  /** How the program uses the function. Computed only if there is something to report. */
  private useOf(): Use {
    const { ts, checker, types } = this;
    const name = this.nameOf();
    const symbol = name && originalSymbol(ts, checker, name);
    if (!name || !symbol || !ts.isIdentifier(name)) return 'unknown';
    let found: Use | undefined;
    for (const file of types.program.getSourceFiles()) {
      if (file.isDeclarationFile) continue;
      const names = new Set([name.text]);
      walk(ts, file, (node) => {
        if (found === 'started' || !ts.isIdentifier(node) || node === name) return;
        // Imported under another name. Imports come before their uses.
        if (this.isImport(node) && originalSymbol(ts, checker, node) === symbol) names.add(node.text);
        if (!names.has(node.text) || !(this.isMember(node) || isReference(ts, node))) return;
        if (ts.isExportSpecifier(node.parent) || ts.isExportAssignment(node.parent)) return;
        if (originalSymbol(ts, checker, node) !== symbol) return;
        found = this.startsRun(this.isMember(node) ? node.parent : node) ? 'started' : 'called';
      });
    }
    if (found) return found;
    return this.isExported(symbol) ? 'unknown' : 'called';
  }

  private isImport({ parent }: ts.Identifier): boolean {
    const { ts } = this;
    return ts.isImportSpecifier(parent) || ts.isImportClause(parent);
  }

  private isMember(node: ts.Identifier): boolean {
    const { ts } = this;
    return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  }

  /** Called by plain code, or passed to the runtime. */
  private startsRun(node: ts.Node): boolean {
    const { ts } = this;
    const parent = unwrapParent(ts, node);
    if (ts.isCallExpression(parent) && parent.expression !== node) {
      const callee = parent.expression;
      const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
      if (/^start/.test(name)) return true;
    }
    for (let at = node.parent; at; at = at.parent)
      if (isFunctionNode(ts, at) && isDurableDeclaration(ts, at)) return false;
    return true;
  }

  private isExported(symbol: ts.Symbol): boolean {
    const { checker, body, ts, node } = this;
    const file = checker.getSymbolAtLocation(body.file.sourceFile);
    if (
      file &&
      checker.getExportsOfModule(file).some((one) => one === symbol || this.aliased(one) === symbol)
    )
      return true;
    // A member of an object or class, which is found through its owner.
    return !ts.isFunctionDeclaration(node) && !ts.isArrowFunction(node) && !ts.isFunctionExpression(node);
  }

  private aliased(symbol: ts.Symbol): ts.Symbol {
    const { ts, checker } = this;
    return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** It starts runs; only other durable functions call it; neither is known in this program. */
type Use = 'started' | 'called' | 'unknown';
