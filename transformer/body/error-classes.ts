import type ts from 'typescript';
import type { PlanBuilder } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Bindings } from '../file/bindings.ts';
import { type Binding, importOf } from '../file/bindings.ts';
import type { FileContext } from '../file/file-context.ts';
import type { NodeIndex } from '../file/node-index.ts';
import { isReference, staticKey, unwrap } from '../syntax/nodes.ts';
import { isPureGlobal } from './callees.ts';

/** A class as the file can access it: a name of the module, and the members that lead from it to the class. */
export interface ReachableClass {
  readonly root: string;
  /** Empty if the name itself refers to the class. */
  readonly members: readonly string[];
}

/**
 * The classes that errors from the journal must have again: the classes that the file tests with `instanceof`, and the error
 * classes that it declares or uses. An error may be caught far from where it is thrown.
 */
export function errorClasses(file: FileContext, plan: PlanBuilder): readonly ReachableClass[] {
  return new ErrorClassSearch(file, plan).run();
}

class ErrorClassSearch {
  private readonly file: FileContext;
  private readonly plan: PlanBuilder;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly nodes: NodeIndex;
  private readonly found = new Map<string, ReachableClass>();

  constructor(file: FileContext, plan: PlanBuilder) {
    this.file = file;
    this.plan = plan;
    const { ts, bindings, nodes } = file;
    this.ts = ts;
    this.bindings = bindings;
    this.nodes = nodes;
  }

  run(): readonly ReachableClass[] {
    const { nodes, ts, bindings, file, found, plan } = this;
    const declared = nodes
      .ofKind<ts.ClassDeclaration>(ts.SyntaxKind.ClassDeclaration)
      .map((node) => (this.extendsError(node) ? node.name : undefined));
    const tested = nodes
      .ofKind<ts.BinaryExpression>(ts.SyntaxKind.BinaryExpression)
      .map((node) => (node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword ? node.right : undefined));
    const used = nodes
      .identifiersLike(ERROR)
      .map((name) =>
        isReference(ts, name) ? importOf(ts, bindings.resolve(name)) && name : this.memberOf(name),
      );
    const places = [...declared, ...tested, ...used].filter((place) => place !== undefined);
    for (const place of places.sort((one, other) => one.end - other.end)) {
      const chain = this.chainOf(place);
      if (!chain || isPureGlobal(file, chain.root)) continue;
      const { root, members } = chain;
      found.set([root.text, ...members].join('.'), { root: root.text, members });
      plan.references.set(root.text, root);
    }
    return [...found.values()];
  }

  private extendsError(node: ts.ClassDeclaration): boolean {
    const { ts, file } = this;
    const [base] =
      node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
    return base !== undefined && ERROR.test(base.expression.getText(file.sourceFile));
  }

  /** `OpenAI.APIError`, used as a value. */
  private memberOf(name: ts.Identifier): ts.Expression | undefined {
    const { ts } = this;
    const access = name.parent;
    if (!ts.isPropertyAccessExpression(access) || access.name !== name || !/^\p{Lu}/u.test(name.text))
      return undefined;
    const clause = ts.isExpressionWithTypeArguments(access.parent) ? access.parent.parent : undefined;
    const isType =
      clause &&
      ts.isHeritageClause(clause) &&
      !(ts.isClassLike(clause.parent) && clause.token === ts.SyntaxKind.ExtendsKeyword);
    return isType ? undefined : access;
  }

  /** The path to an expression from the names of the module, through members and constants that are aliases. */
  private chainOf(node: ts.Expression, depth = 0): MemberChain | undefined {
    const { ts, bindings } = this;
    const expression = unwrap(ts, node);
    if (ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression)) {
      const key = staticKey(ts, expression);
      return key === undefined ? undefined : member(this.chainOf(expression.expression, depth), key);
    }
    if (!ts.isIdentifier(expression)) return undefined;
    const binding = bindings.resolve(expression);
    if (!binding) return undefined;
    if (ts.isSourceFile(binding.scope))
      return this.mayHold(binding) ? { root: expression, members: [] } : undefined;
    return depth > MAX_ALIASES ? undefined : this.aliased(binding.declaration, depth + 1);
  }

  /** The value of a variable of a function: `const E = z.ZodError`, `const { APIError } = OpenAI`. */
  private aliased(declaration: ts.Node, depth: number): MemberChain | undefined {
    const { ts } = this;
    if (ts.isVariableDeclaration(declaration))
      return declaration.initializer && ts.isIdentifier(declaration.name)
        ? this.chainOf(declaration.initializer, depth)
        : undefined;
    if (!ts.isBindingElement(declaration) || declaration.dotDotDotToken) return undefined;
    const pattern = declaration.parent;
    const key = declaration.propertyName ?? declaration.name;
    if (!ts.isObjectBindingPattern(pattern) || !(ts.isIdentifier(key) || ts.isStringLiteral(key)))
      return undefined;
    const outer = pattern.parent;
    const whole = ts.isVariableDeclaration(outer)
      ? outer.initializer && this.chainOf(outer.initializer, depth)
      : this.aliased(outer, depth);
    return member(whole, key.text);
  }

  /** Whether a name of the module may be a class, or contain some. */
  private mayHold(binding: Binding): boolean {
    const { ts } = this;
    const { declaration } = binding;
    return (
      ts.isClassDeclaration(declaration) ||
      ts.isVariableDeclaration(declaration) ||
      ts.isBindingElement(declaration) ||
      ts.isFunctionDeclaration(declaration) ||
      ts.isModuleDeclaration(declaration) ||
      importOf(ts, binding) !== undefined
    );
  }
}

interface MemberChain {
  readonly root: ts.Identifier;
  readonly members: readonly string[];
}

const member = (chain: MemberChain | undefined, key: string): MemberChain | undefined =>
  chain && { root: chain.root, members: [...chain.members, key] };

/** At most this many aliases are followed. */
const MAX_ALIASES = 8;

/** The usual names of error classes. */
const ERROR = /(Error|Exception|Fault|Failure)$/;
