import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { functionAround, isAssigned, isFunctionNode, unwrap, unwrapParent } from '../syntax/nodes.ts';
import { aliasesOf } from './aliases.ts';
import type { Body } from './body.ts';

/** Methods that change the object that they are called on. */
const CHANGING =
  /\.(push|unshift|splice|pop|shift|reverse|sort|fill|copyWithin|set|add|delete|clear|append|write\w*)$/;

/** Functions of the language that change their first argument. */
const CHANGERS =
  /^(Object\.(assign|define\w+|setPrototypeOf|freeze|seal)|Reflect\.(set|deleteProperty|defineProperty|setPrototypeOf))$/;

/** What hashes values. */
interface Hashes {
  print(value: ts.Expression): string;
  hashed(parts: readonly string[]): string;
}

interface Change {
  /** Position in the source. */
  readonly end: number;
  /** A hash of this change and of all before it. */
  readonly print: string;
}

interface VariableChanges {
  /** In source order. */
  readonly changes: readonly Change[];
  /** A hash of all places that change the variable. */
  readonly all: string;
}

/** One place that changes a variable or its value. */
interface Place {
  readonly node: ts.Node;
  /** It changes the value, and not which value the variable has. */
  readonly deep: boolean;
  readonly parts: readonly string[];
}

/**
 * What variables are changed to. `x = 'a'; f(x); x = 'b'; f(x)` calls `f` with two values, although both calls are written
 * alike.
 */
export class Changes {
  private readonly body: Body;
  private readonly hashes: Hashes;
  private readonly known = new Map<Binding, VariableChanges>();

  constructor(body: Body, hashes: Hashes) {
    this.body = body;
    this.hashes = hashes;
  }

  has(binding: Binding): boolean {
    return this.of(binding).changes.length > 0;
  }

  /** A hash of the changes that come before a use in the source; undefined if there are none. */
  before(binding: Binding, use: ts.Node): string | undefined {
    const { changes, all } = this.of(binding);
    if (changes.length === 0) return undefined;
    const { ts } = this.body.file;
    const home = this.homeOf(binding);
    let at = use;
    for (let around = functionAround(ts, at); around !== home; around = functionAround(ts, at)) {
      // Which calls of a closure come after which changes is part of its rounds.
      if (!around || !isArgument(ts, around)) return all;
      at = around;
    }
    const loop = outermostLoop(ts, at);
    const before = changes.findLast(({ end }) => end <= (loop?.end ?? at.pos))?.print;
    // Changes that come later are seen by a closure that waits.
    return at === use ? before : this.hashes.hashed([before ?? '', all]);
  }

  private homeOf({ scope }: Binding): ts.Node | undefined {
    const { ts } = this.body.file;
    return isFunctionNode(ts, scope) ? scope : functionAround(ts, scope);
  }

  private of(binding: Binding): VariableChanges {
    const known = this.known.get(binding);
    if (known) return known;
    this.known.set(binding, NONE);
    const places = this.placesOf(binding);
    for (const alias of aliasesOf(this.body, binding))
      if (alias !== binding) places.push(...this.placesOf(alias).filter(({ deep }) => deep));
    if (places.length === 0) return NONE;
    const changes: Change[] = [];
    const made = places.flatMap((place) => this.madeAt(place, binding));
    for (const { node, parts } of made.sort((one, other) => one.node.end - other.node.end))
      changes.push({ end: node.end, print: this.hashes.hashed([changes.at(-1)?.print ?? '', ...parts]) });
    const found = { changes, all: this.hashes.hashed(places.flatMap(({ parts }) => parts)) };
    this.known.set(binding, found);
    return found;
  }

  private placesOf(binding: Binding): Place[] {
    const { ts, nodes } = this.body.file;
    const name = nameOf(ts, binding);
    return (name ? nodes.usesOf(name) : []).flatMap((use) => this.at(use) ?? []);
  }

  /** A closure that changes a variable around it does so where it is called. */
  private madeAt(place: Place, binding: Binding): readonly Place[] {
    const { ts, nodes } = this.body.file;
    const around = functionAround(ts, place.node);
    if (!around || around === this.homeOf(binding)) return [place];
    const holder = unwrapParent(ts, around);
    const own =
      (around as ts.FunctionDeclaration).name ?? (ts.isVariableDeclaration(holder) ? holder.name : undefined);
    if (!own || !ts.isIdentifier(own)) return [place];
    const calls = nodes.usesOf(own).flatMap((use) => {
      const { parent } = use;
      return ts.isCallExpression(parent) && parent.expression === use ? [parent] : [];
    });
    return [
      place,
      ...calls.map((call) => ({
        node: call,
        deep: place.deep,
        parts: [...place.parts, ...call.arguments.map((value) => this.value(value))],
      })),
    ];
  }

  /** `x = y`, `x.a = y`, `x.push(y)`; undefined for a use that changes neither the variable nor its value. */
  private at(use: ts.Expression): Place | undefined {
    const { ts, sourceFile } = this.body.file;
    let at = use;
    let members = '';
    while (isMember(ts, at.parent) && at.parent.expression === at) {
      at = at.parent;
      members += ts.isPropertyAccessExpression(at)
        ? `.${at.name.text}`
        : `[${this.hashes.print((at as ts.ElementAccessExpression).argumentExpression)}]`;
    }
    const { parent } = at;
    if (ts.isCallExpression(parent)) return this.byCall(parent, at, members);
    const deep = members !== '';
    if (ts.isDeleteExpression(parent)) return { node: parent, deep, parts: [members, 'delete'] };
    const isShort = ts.isShorthandPropertyAssignment(parent);
    if (!isAssigned(ts, isShort ? (parent as unknown as ts.Expression) : at)) return undefined;
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
      return { node: parent, deep, parts: [members, ts.tokenToString(parent.operator) ?? ''] };
    if (!ts.isBinaryExpression(parent) || parent.left !== at) return this.byPattern(at, members);
    return {
      node: parent,
      deep,
      parts: [members, parent.operatorToken.getText(sourceFile), this.value(parent.right)],
    };
  }

  private byCall(call: ts.CallExpression, at: ts.Expression, members: string): Place | undefined {
    const isChanged =
      call.expression === at
        ? CHANGING.test(members)
        : call.arguments[0] === at && CHANGERS.test(originOf(this.body.file, call.expression) ?? '');
    if (!isChanged) return undefined;
    const values = call.expression === at ? call.arguments : call.arguments.slice(1);
    const by = call.expression === at ? members : `${members} ${originOf(this.body.file, call.expression)}`;
    return { node: call, deep: true, parts: [by, ...values.map((value) => this.value(value))] };
  }

  /** `[a, b] = [b, a]`, `({ a } = o)`, `for (x of list)`: all of the pattern counts, and its place in the pattern. */
  private byPattern(at: ts.Expression, members: string): Place {
    const { ts, sourceFile } = this.body.file;
    let node: ts.Node = at;
    let path = '';
    for (; !ts.isBinaryExpression(node) && !ts.isIterationStatement(node, false); node = node.parent) {
      if (ts.isArrayLiteralExpression(node.parent))
        path += `[${node.parent.elements.indexOf(node as ts.Expression)}]`;
      else if (ts.isPropertyAssignment(node)) path += `.${node.name.getText(sourceFile)}`;
      if (!node.parent) break;
    }
    const from = ts.isBinaryExpression(node)
      ? node.right
      : ts.isForOfStatement(node) || ts.isForInStatement(node)
        ? node.expression
        : undefined;
    return {
      node: ts.isBinaryExpression(node) ? node : at,
      deep: members !== '',
      parts: [members, path, from ? this.value(from) : ''],
    };
  }

  /** The code of a closure isn't part of an object that holds it. */
  private value(value: ts.Expression): string {
    const { ts } = this.body.file;
    const bare = unwrap(ts, value);
    return isFunctionNode(ts, bare) || ts.isClassLike(bare) ? 'closure' : this.hashes.print(bare);
  }
}

const NONE: VariableChanges = { changes: [], all: '' };

/** Whether a closure is written as an argument of a call. */
function isArgument(typescript: TypeScript, closure: ts.Node): boolean {
  const holder = unwrapParent(typescript, closure);
  return (
    (typescript.isCallExpression(holder) || typescript.isNewExpression(holder)) &&
    holder.expression !== closure
  );
}

/** The name of a variable or a parameter, also of one in a pattern. */
function nameOf(typescript: TypeScript, { declaration }: Binding): ts.Identifier | undefined {
  const { name } = declaration as ts.VariableDeclaration;
  return name && typescript.isIdentifier(name) ? name : undefined;
}

/** A change at the end of a loop comes before the next round. */
function outermostLoop(typescript: TypeScript, node: ts.Node): ts.Node | undefined {
  let loop: ts.Node | undefined;
  for (let at = node.parent; at && !isFunctionNode(typescript, at); at = at.parent)
    if (typescript.isIterationStatement(at, false)) loop = at;
  return loop;
}

const isMember = (
  typescript: TypeScript,
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression =>
  typescript.isPropertyAccessExpression(node) || typescript.isElementAccessExpression(node);
