import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { isAssigned, isFunctionNode, unwrap, walk } from '../syntax/nodes.ts';
import { isCarriedName } from './builtin-values.ts';
import { withArticle } from './carried-types.ts';
import { lineage } from './known-classes.ts';
import { placeOf } from './places.ts';
import type { ProgramTypes } from './program-types.ts';
import { recordedResults } from './recorded-results.ts';

/** At most this many names and members are followed back from a value. */
const MAX_HOPS = 12;
const COMBINATORS = /^(all|allSettled|any|race)$/;

/**
 * Reports uses of members that results of steps have lost: methods of classes that are not registered, and members such as
 * sockets. The results themselves are accepted; their data is kept.
 */
export function checkLostMembers(
  types: ProgramTypes,
  body: Body,
  sites: readonly SiteNode[],
  reporter: Reporter,
): void {
  return new LostMemberCheck(types, body, sites, reporter).run();
}

class LostMemberCheck {
  private readonly types: ProgramTypes;
  private readonly body: Body;
  private readonly reporter: Reporter;
  private readonly ts: TypeScript;
  private readonly checker: ts.TypeChecker;
  private readonly steps: Map<ts.Node, string>;

  constructor(types: ProgramTypes, body: Body, sites: readonly SiteNode[], reporter: Reporter) {
    this.types = types;
    this.body = body;
    this.reporter = reporter;
    const { ts, checker } = types;
    this.ts = ts;
    this.checker = checker;
    const recorded = recordedResults(types, body, sites);
    this.steps = new Map<ts.Node, string>(recorded.map(({ node, id }) => [node, id]));
  }

  run(): void {
    const { ts, body, reporter } = this;
    walk(ts, body.durable.node, (node) => {
      if (!ts.isPropertyAccessExpression(node) || isAssigned(ts, node)) return;
      const lost = this.lostMember(node);
      const step = lost && this.stepBehind(node.expression);
      // Members of a lost member are not reported again.
      const inner = unwrap(ts, node.expression);
      if (step === undefined || (ts.isPropertyAccessExpression(inner) && this.lostMember(inner))) return;
      const name = lost?.certain ? 'lostMember' : 'perhapsLostMember';
      reporter.report(name, node.name, textOf(node), lost?.what ?? '', step);
    });
  }

  private lostMember(node: ts.PropertyAccessExpression): Lost | undefined {
    const { checker } = this;
    const receiver = checker.getNonNullableType(checker.getTypeAtLocation(node.expression));
    const parts = receiver.isUnion() ? receiver.types : [receiver];
    const lost = parts.flatMap((part) => this.lostOf(part, node) ?? []);
    const [first] = lost;
    return (
      first && { ...first, certain: lost.length === parts.length && lost.every(({ certain }) => certain) }
    );
  }

  private lostOf(type: ts.Type, { name }: ts.PropertyAccessExpression): Lost | undefined {
    const { checker, ts, types } = this;
    const property = checker.getPropertyOfType(type, name.text);
    if (!property || property.flags & ts.SymbolFlags.Optional || !this.isForeign(type)) return undefined;
    const isClass = (type.symbol.flags & ts.SymbolFlags.Class) !== 0;
    const owner = withArticle(type.symbol.name).replace(/^an? (?!instance)/, '');
    const declared = checker.getTypeOfSymbol(property);
    if (declared.getCallSignatures().length > 0) {
      // Members of every object don't belong to the class.
      const place = property.declarations?.[0]?.parent;
      if (place && ts.isInterfaceDeclaration(place) && place.name.text === 'Object') return undefined;
      return { what: `a method of ${owner}`, certain: isClass && placeOf(type.symbol) !== 'package' };
    }
    const refusal = types.results.leavesOut(declared);
    return refusal && { what: refusal.what, certain: isClass };
  }

  /** An instance of a class, or of an interface that a class implements, of which only data is kept. */
  private isForeign(type: ts.Type): boolean {
    const { ts, checker, types } = this;
    const { symbol } = type;
    if (!symbol || !(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) return false;
    if (isCarriedName(symbol, checker) || checker.isArrayType(type) || types.classes.has(type)) return false;
    if (placeOf(symbol) === 'sibling') return false;
    if (symbol.flags & ts.SymbolFlags.Interface && !(symbol.flags & ts.SymbolFlags.Class)) {
      if (placeOf(symbol) === 'library' || types.carried.refusalOf(type) === undefined) return false;
      // A Response with another name and more exact types: `ClientResponse` of Hono.
      if (OF_RESPONSES.every((name) => checker.getPropertyOfType(type, name))) return false;
    }
    return !lineage(checker, type).some(
      (base) => placeOf(base) === 'library' && /^(Error|Array|Map|Set|Promise|Date)$/.test(base.name),
    );
  }

  /** The step whose result a value is, or is a part of. A value that isn't awaited is a promise, or not the result of a step. */
  private stepBehind(expression: ts.Expression, hops = 0, awaited = false): string | undefined {
    const { ts, steps } = this;
    if (hops > MAX_HOPS) return undefined;
    const node = unwrap(ts, expression);
    const step = steps.get(node);
    if (step !== undefined) return awaited ? step : undefined;
    if (ts.isAwaitExpression(node)) return this.stepBehind(node.expression, hops + 1, true);
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      return this.stepBehind(node.expression, hops + 1, awaited);
    if (ts.isConditionalExpression(node))
      return (
        this.stepBehind(node.whenTrue, hops + 1, awaited) ??
        this.stepBehind(node.whenFalse, hops + 1, awaited)
      );
    if (ts.isBinaryExpression(node) && /^(\?\?|\|\||&&)$/.test(node.operatorToken.getText()))
      return this.stepBehind(node.left, hops + 1, awaited) ?? this.stepBehind(node.right, hops + 1, awaited);
    if (ts.isCallExpression(node)) return this.behindCall(node, hops, awaited);
    if (ts.isIdentifier(node)) return this.behindName(node, hops, awaited);
    return undefined;
  }

  /** `rows.at(0)`, and results of combinators. */
  private behindCall(call: ts.CallExpression, hops: number, awaited: boolean): string | undefined {
    const { ts, checker } = this;
    const callee = unwrap(ts, call.expression);
    if (!ts.isPropertyAccessExpression(callee)) return undefined;
    const [first] = call.arguments;
    if (first && callee.expression.getText() === 'Promise' && COMBINATORS.test(callee.name.text)) {
      const list = unwrap(ts, first);
      const elements = ts.isArrayLiteralExpression(list) ? list.elements : [];
      return elements
        .map((element) => this.stepBehind(element, hops + 1, awaited))
        .find((step) => step !== undefined);
    }
    const declaration = checker.getResolvedSignature(call)?.declaration;
    const file = declaration?.getSourceFile();
    return file && /\/lib\.[\w.]+\.d\.ts$/.test(file.fileName)
      ? this.stepBehind(callee.expression, hops + 1, awaited)
      : undefined;
  }

  private behindName(name: ts.Identifier, hops: number, awaited: boolean): string | undefined {
    const { checker, ts } = this;
    let declaration: ts.Node | undefined = checker.getSymbolAtLocation(name)?.valueDeclaration;
    while (
      declaration &&
      (ts.isBindingElement(declaration) ||
        ts.isBindingName(declaration) ||
        ts.isArrayBindingPattern(declaration) ||
        ts.isObjectBindingPattern(declaration))
    )
      declaration = declaration.parent;
    if (!declaration) return undefined;
    if (ts.isVariableDeclaration(declaration)) {
      if (declaration.initializer) return this.stepBehind(declaration.initializer, hops + 1, awaited);
      const loop = declaration.parent.parent;
      return ts.isForOfStatement(loop) ? this.stepBehind(loop.expression, hops + 1, awaited) : undefined;
    }
    // `rows.map((row) => ...)`
    if (!ts.isParameter(declaration) || !isFunctionNode(ts, declaration.parent)) return undefined;
    const call = declaration.parent.parent;
    return call && ts.isCallExpression(call) && call.expression !== (declaration.parent as ts.Node)
      ? this.behindCall(call, hops, awaited)
      : undefined;
  }
}

const OF_RESPONSES = ['bodyUsed', 'headers', 'json', 'status'];

interface Lost {
  /** "a method of Order", "a Socket". */
  readonly what: string;
  readonly certain: boolean;
}

function textOf(node: ts.Node): string {
  const text = node.getText().replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
