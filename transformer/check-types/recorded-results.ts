import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isHelperCall } from '../body/callees.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { FileContext } from '../file/file-context.ts';
import { originOf } from '../file/origins.ts';
import { calleeOf, contains, isCall, isReference, rootOf, unwrapParent } from '../syntax/nodes.ts';
import { mayBePromise } from './known-classes.ts';
import { isDurableDeclaration } from './places.ts';
import type { ProgramTypes } from './program-types.ts';

export interface Recorded {
  readonly id: string;
  readonly node: ts.Expression;
  /** The type of the recorded value. */
  readonly type: ts.Type;
}

/** The steps of a durable function whose results are written to the journal, as far as types show. */
export function recordedResults(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
): readonly Recorded[] {
  return new ResultTypes(types, body, sites).run();
}

class ResultTypes {
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly file: FileContext;

  constructor(types: ProgramTypes, body: Body, sites: readonly SiteNode[]) {
    this.body = body;
    this.sites = sites;
    const { ts, checker } = types;
    this.ts = ts;
    this.checker = checker;
    const { file } = body;
    this.file = file;
  }

  run(): readonly Recorded[] {
    const { sites, ts } = this;
    return sites.flatMap(({ site, node }) => {
      if (site.kind !== 'step' || !ts.isExpression(node)) return [];
      const type = this.resultOf(node);
      return type ? [{ id: site.id, node, type }] : [];
    });
  }

  /** The type of the value that a step records; undefined if it may not be a step. */
  private resultOf(node: ts.Expression): ts.Type | undefined {
    const { ts, checker } = this;
    if (isCall(ts, node))
      return this.isStep(node) ? this.recorded(checker.getTypeAtLocation(node), node) : undefined;
    // The name of a resource: its disposal is recorded, without a value.
    if (ts.isIdentifier(node) && !isReference(ts, node)) return undefined;
    const type = checker.getTypeAtLocation(node);
    const [signature, more] = type.getCallSignatures();
    if (!signature) return this.recorded(type, node);
    // A function that is passed to `map` by its name: each call of it is a step.
    if (more || signature.typeParameters || isDurableDeclaration(ts, signature.declaration)) return undefined;
    return this.isElsewhere(node)
      ? this.recorded(checker.getReturnTypeOfSignature(signature), node)
      : undefined;
  }

  /** A call that isn't awaited in place is a step only if it returns a promise. */
  private recorded(type: ts.Type, node: ts.Expression): ts.Type | undefined {
    const { ts, checker } = this;
    const isStarted = !ts.isAwaitExpression(unwrapParent(ts, node));
    return isStarted && !mayBePromise(checker, type) ? undefined : checker.getAwaitedType(type);
  }

  private isStep(node: ts.CallExpression | ts.TaggedTemplateExpression): boolean {
    const { ts, file, body, checker } = this;
    const callee = calleeOf(ts, node);
    const origin = originOf(file, callee);
    if (origin?.startsWith('use-durable#')) return origin === 'use-durable#step';
    if (ts.isCallExpression(node) && isHelperCall(body, node)) return false;
    const declaration = checker.getResolvedSignature(node)?.declaration;
    if (isDurableDeclaration(ts, declaration)) return false;
    return this.isElsewhere(callee) || this.isMethodElsewhere(declaration);
  }

  /** The name at the root does not belong to the durable function, so the callee can't be a closure of it. */
  private isElsewhere(callee: ts.Expression): boolean {
    const { ts, body, file } = this;
    const root = rootOf(ts, callee);
    if (root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword)
      return body.isOwnThis(root);
    if (!ts.isIdentifier(root)) return false;
    const binding = file.bindings.resolve(root);
    return (
      binding === undefined || !(body.isLocal(binding) || body.durableFunctions.has(binding.declaration))
    );
  }

  /** A method of a class that is written elsewhere, and that no class in the durable function extends. */
  private isMethodElsewhere(declaration: ts.Node | undefined): boolean {
    const { ts, body } = this;
    if (!declaration || !ts.isMethodDeclaration(declaration) || !ts.isClassLike(declaration.parent))
      return false;
    if (contains(body.durable.node, declaration)) return false;
    let extended = false;
    const visit = (node: ts.Node): void => {
      if (ts.isClassLike(node) && node.heritageClauses) extended = true;
      if (!extended) ts.forEachChild(node, visit);
    };
    visit(body.durable.node);
    return !extended;
  }
}
