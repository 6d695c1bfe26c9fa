import type ts from 'typescript';
import { exportTargetOf } from '../file/commonjs.ts';
import type { FileContext } from '../file/file-context.ts';
import { membersNamed, membersOf } from '../syntax/members.ts';
import { type FunctionNode, isFunctionNode, walk, wrapped } from '../syntax/nodes.ts';

/** Where a durable function stands, and what follows from that. */
export interface FunctionPlace {
  /** The names that lead to the function in its module: `Shop.checkout`. Its id is made of them. */
  readonly path: string;
  /**
   * - `hoisted`: a declaration; bound by name at the head of its block, before any code can call it;
   * - `arrow`: wrapped where it stands, since an arrow has no `arguments` to hand on;
   * - `bound`: a function expression or method; bound behind its statement;
   * - `held`: a function expression or method that is exported without a name; bound as its value passes by.
   */
  readonly form: 'hoisted' | 'arrow' | 'bound' | 'held';
  /** Source text of what has a name: the function, or the object or class around it. Empty where nothing has. */
  readonly base: string;
  /** Accesses that lead from there to the function: `['.inner', '["a b"]']`. */
  readonly members: readonly string[];
  /** The const that `base` is, where it is one. */
  readonly root: ts.Identifier | undefined;
  /** What the function's `name` is. */
  readonly name: string;
  /** The statement it is part of. */
  readonly statement: ts.Statement;
  /** The expression that a `held` one is exported by. */
  readonly exported: ts.Expression | undefined;
  /** The class that it is a member of. */
  readonly owner: ts.ClassLikeDeclaration | undefined;
  /** A method of the instances of its class. */
  readonly ofInstances: boolean;
}

/** Why a function can't be durable where it stands: a name of the catalogue, and the words for its text. */
export interface PlaceRefusal {
  readonly refused: 'instanceMethod' | 'privateState' | 'directiveMisplaced' | 'noStableName';
  readonly words: readonly string[];
}

const misplaced = (why: string): PlaceRefusal => ({ refused: 'directiveMisplaced', words: [why] });
const NO_NAME = misplaced('the function is not bound to a name at the top level of its module');
const NO_CONST = misplaced(
  'the function is bound by `let` or `var`, so another one may take its place; use `const`',
);
const NAMELESS: PlaceRefusal = { refused: 'noStableName', words: [] };
const INSTANCE: PlaceRefusal = { refused: 'instanceMethod', words: [] };

/** Where a function stands, from the function outwards. */
export function placeOf(file: FileContext, node: FunctionNode): FunctionPlace | PlaceRefusal {
  const { ts } = file;
  if (!ts.isFunctionDeclaration(node)) return new PlaceSearch(file, node).find();
  if (!isTopLevel(file, node)) return NO_NAME;
  const base = node.name?.text ?? '';
  return { ...PLAIN, ...named(file, [base || 'default'], node), form: 'hoisted', base };
}

/** Goes outwards from a function that is no declaration: member of a literal or a class, then what holds it all. */
class PlaceSearch {
  private readonly file: FileContext;
  private readonly node: FunctionNode;
  private readonly path: string[] = [];
  private owner: ts.ClassLikeDeclaration | undefined;
  private ofInstances = false;

  constructor(file: FileContext, node: FunctionNode) {
    this.file = file;
    this.node = node;
  }

  find(): FunctionPlace | PlaceRefusal {
    const { ts } = this.file;
    let at: ts.Node = this.node;
    for (;;) {
      if (ts.isExpression(at)) at = wrapped(ts, at);
      const holder: ts.Node = at.parent;
      if (this.isMember(at)) {
        const refusal = this.enter(at);
        if (refusal) return refusal;
        at = holder;
      } else if (this.isMember(holder)) at = holder;
      else return this.outermost(at);
    }
  }

  /** Puts a member on the path; returns why it can't be there. */
  private enter(member: PathMember): PlaceRefusal | undefined {
    const { file, node, path } = this;
    const { ts } = file;
    const holder = member.parent;
    if (this.ofInstances) return INSTANCE;
    const { name } = member;
    if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) return NAMELESS;
    const why = replacedLater(file, member, name.text);
    if (why !== undefined) return misplaced(why);
    path.unshift(name.text);
    if (!ts.isClassLike(holder)) return undefined;
    this.owner ??= holder;
    this.ofInstances = !isStatic(file, member);
    return this.ofInstances && member !== node ? INSTANCE : undefined;
  }

  /** What is bound to a name, or exported without one. */
  private outermost(at: ts.Node): FunctionPlace | PlaceRefusal {
    const { file } = this;
    const { ts } = file;
    const holder = at.parent;
    if (ts.isClassDeclaration(at)) {
      if (!isTopLevel(file, at)) return NO_NAME;
      return at.name ? this.placed(at.name, at) : NAMELESS;
    }
    if (ts.isVariableDeclaration(holder)) {
      const statement = holder.parent.parent;
      if (!ts.isIdentifier(holder.name) || !ts.isVariableStatement(statement) || !isTopLevel(file, statement))
        return NO_NAME;
      return holder.parent.flags & ts.NodeFlags.Const ? this.placed(holder.name, statement) : NO_CONST;
    }
    return ts.isExpression(at) ? this.exported(at) : NO_NAME;
  }

  private isMember(one: ts.Node): one is PathMember {
    const { ts } = this.file;
    return ts.isMethodDeclaration(one) || ts.isPropertyAssignment(one) || ts.isPropertyDeclaration(one);
  }

  private placed(base: ts.Identifier, statement: ts.Statement): FunctionPlace {
    const { file, node, path, owner, ofInstances } = this;
    const { ts } = file;
    return {
      ...PLAIN,
      ...named(file, [base.text, ...path], statement),
      form: ts.isArrowFunction(node) ? 'arrow' : 'bound',
      base: base.text,
      members: [...(ofInstances ? ['.prototype'] : []), ...path.map(access)],
      root: ts.isVariableDeclaration(base.parent) ? base : undefined,
      owner,
      ofInstances,
    };
  }

  /** `export default`, `export =`, and what CommonJS has in their place. */
  private exported(at: ts.Expression): FunctionPlace | PlaceRefusal {
    const { file, node, path, owner, ofInstances } = this;
    const { ts } = file;
    const target = exportTargetOf(file, at);
    if (!target) return NO_NAME;
    // A class that is exported without a name would lose `name`, were it wrapped.
    if (ofInstances) return INSTANCE;
    if (owner && !owner.name) return NAMELESS;
    const own = ts.isFunctionExpression(node) ? node.name?.text : undefined;
    const names = [...(target.name === undefined ? [] : [target.name]), ...path];
    if (names.length === 0) names.push(own ?? 'default');
    const place = named(file, names, target.statement);
    return {
      ...PLAIN,
      ...place,
      form: ts.isArrowFunction(node) ? 'arrow' : 'held',
      name: path.length > 0 ? place.name : (own ?? (target.byDefault ? 'default' : '')),
      members: path.map(access),
      exported: target.value,
      owner,
    };
  }
}

type PathMember = ts.MethodDeclaration | ts.PropertyAssignment | ts.PropertyDeclaration;

function named(
  file: FileContext,
  names: readonly string[],
  statement: ts.Statement,
): Pick<FunctionPlace, 'path' | 'name' | 'statement'> {
  return { path: namespaceOf(file, statement) + names.join('.'), name: names.at(-1) ?? '', statement };
}

const PLAIN = {
  base: '',
  members: [],
  root: undefined,
  exported: undefined,
  owner: undefined,
  ofInstances: false,
} as const;

const access = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** Why what stands under a name may be another function than this one, once the object or class is made. */
function replacedLater(file: FileContext, member: PathMember, name: string): string | undefined {
  const { ts } = file;
  const { parent } = member;
  const { lastUnknown } = membersOf(ts, parent);
  if (!ts.isClassLike(parent) && lastUnknown && lastUnknown.pos > member.pos) {
    return ts.isSpreadAssignment(lastUnknown)
      ? 'what is spread into the object behind it may replace the function'
      : 'the property with a computed name behind it may replace the function';
  }
  const replaced = membersNamed(ts, parent, name).some(
    (later) =>
      later.pos > member.pos &&
      !(later.name && ts.isPrivateIdentifier(later.name)) &&
      isStatic(file, later) === isStatic(file, member),
  );
  return replaced ? 'another member with its name replaces the function' : undefined;
}

function isStatic({ ts }: FileContext, member: ts.Node): boolean {
  const modifiers = ts.canHaveModifiers(member) ? member.modifiers : undefined;
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

/** At the top of the module, or of namespaces at its top. */
function isTopLevel(file: FileContext, statement: ts.Node): boolean {
  const { ts } = file;
  for (let at = statement.parent; ; at = at.parent) {
    if (ts.isSourceFile(at)) return true;
    if (!ts.isModuleBlock(at) && !ts.isModuleDeclaration(at)) return false;
  }
}

function namespaceOf(file: FileContext, statement: ts.Node): string {
  let prefix = '';
  for (let at = statement.parent; at; at = at.parent)
    if (file.ts.isModuleDeclaration(at)) prefix = `${at.name.text}.${prefix}`;
  return prefix;
}

/** Whether a function reads its own `this`. */
export function usesThis(file: FileContext, node: FunctionNode): boolean {
  const { ts } = file;
  if (ts.isArrowFunction(node)) return false;
  let found = false;
  walk(ts, node, (inner) => {
    if (inner.kind === ts.SyntaxKind.ThisKeyword) found = true;
    if (
      inner !== node &&
      ((isFunctionNode(ts, inner) && !ts.isArrowFunction(inner)) || ts.isClassLike(inner))
    )
      return false;
    return undefined;
  });
  return found;
}
