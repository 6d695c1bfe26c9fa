import type ts from 'typescript';
import { exportTargetOf } from '../file/commonjs.ts';
import type { FileContext } from '../file/file-context.ts';
import { membersNamed, membersOf } from '../syntax/members.ts';
import { type FunctionNode, isFunctionNode, walk, wrapped } from '../syntax/nodes.ts';

/** The position of a durable function in its module, and what depends on it. */
export interface FunctionPlace {
  /** The names that lead to the function in its module: `Shop.checkout`. They are part of its id. */
  readonly path: string;
  /**
   * - `hoisted`: a declaration; bound by name at the start of its block, before any code can call it;
   * - `arrow`: wrapped in place, since an arrow function has no `arguments` to pass on;
   * - `bound`: a function expression or method; bound after its statement;
   * - `held`: a function expression or method that is exported without a name; bound where its value is exported.
   */
  readonly form: 'hoisted' | 'arrow' | 'bound' | 'held';
  /** Source text of the named value: the function, or the object or class that contains it. Empty if nothing has a name. */
  readonly base: string;
  /** The accesses from there to the function: `['.inner', '["a b"]']`. */
  readonly members: readonly string[];
  /** The identifier of the const, if `base` is one. */
  readonly root: ts.Identifier | undefined;
  /** The function's `name` at run time. */
  readonly name: string;
  /** The statement that contains it. */
  readonly statement: ts.Statement;
  /** The expression by which a `held` one is exported. */
  readonly exported: ts.Expression | undefined;
  /** The class of which it is a member. */
  readonly owner: ts.ClassLikeDeclaration | undefined;
  /** It is a method of instances of its class. */
  readonly ofInstances: boolean;
}

/** Why a function can't be durable in its position: an entry of the catalogue, and the words for its text. */
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

/** The position of a function, searched from the function outwards. */
export function placeOf(file: FileContext, node: FunctionNode): FunctionPlace | PlaceRefusal {
  const { ts } = file;
  if (!ts.isFunctionDeclaration(node)) return new PlaceSearch(file, node).find();
  if (!isTopLevel(file, node)) return NO_NAME;
  const base = node.name?.text ?? '';
  return { ...PLAIN, ...named(file, [base || 'default'], node), form: 'hoisted', base };
}

/** Searches outwards from a function that is not a declaration: first the members of literals and classes, then the statement. */
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

  /** Adds a member to the path. Returns why that is impossible, if it is. */
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

  /** A value that is bound to a name, or exported without one. */
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

  /** `export default`, `export =`, and their CommonJS forms. */
  private exported(at: ts.Expression): FunctionPlace | PlaceRefusal {
    const { file, node, path, owner, ofInstances } = this;
    const { ts } = file;
    const target = exportTargetOf(file, at);
    if (!target) return NO_NAME;
    // A class that is exported without a name would lose `name` if it were wrapped.
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

/** Why the member with this name may be another function once the object or class is complete. */
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

/** At the top level of the module, or of namespaces at its top level. */
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

/** Whether a function uses its own `this`. */
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
