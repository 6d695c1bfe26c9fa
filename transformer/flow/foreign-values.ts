import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { isForeign, isFromOutside, localFunctionOf } from '../body/callees.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import {
  type FunctionNode,
  isAsync,
  isClosure,
  isGenerator,
  returnsOf,
  rootOf,
  unwrap,
} from '../syntax/nodes.ts';
import { sourcesOf, type ValueSource } from './collect-sources.ts';
import { initialOf, isKey } from './initial-values.ts';
import { type OwnMember, ownMemberOf } from './own-members.ts';

/**
 * Local names with values that code outside of the durable function has made: members of instances of imported classes (`await
 * client.ready`), elements of lists of the module (`for (const p of pending) await p`), and such values in collections of the
 * function. The function did not make these promises, so their outcomes have to be recorded.
 */

/** The names and functions on the way to the present one. */
type Asked = Set<Binding | FunctionNode | ts.Expression>;

/**
 * Whether the promise of an expression surely comes from elsewhere. Expressions that start with an outside name are handled by
 * other passes, and so are calls, except those of collections and of synchronous functions of the body.
 */
export function isPromiseFromElsewhere(
  body: Body,
  expression: ts.Expression,
  asked: Asked = new Set(),
): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isCallExpression(node))
    return isElementElsewhere(body, node, asked) || isCallFromElsewhere(body, node, asked);
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const root = rootOf(ts, node);
    if (ts.isNewExpression(root)) return isInstanceFromElsewhere(body, root);
    const own = ownMemberOf(body, node);
    if (own) return isOwnElsewhere(body, own, node, asked, isPromiseFromElsewhere);
    const getter = memberFunctionOf(body, node);
    if (getter && ts.isGetAccessor(getter)) return returnsFromElsewhere(body, getter, asked);
    // Whether the run settles it is looked at in what it is a member of.
    if (isOfDeferred(ts, node) && !ts.isIdentifier(unwrap(ts, node.expression))) return false;
    if (root.kind === ts.SyntaxKind.ThisKeyword)
      return !body.isOwnThis(root) && isHeldElsewhere(body, node.expression, asked);
    return ts.isIdentifier(root) && !isFromOutside(body, node) && isHeldElsewhere(body, root, asked);
  }
  if (!ts.isIdentifier(node)) return false;
  return everySource(
    body,
    node,
    ({ from, relation }) =>
      relation === 'element'
        ? isHeldElsewhere(body, from, asked)
        : relation === 'same' &&
          (isMemberElsewhere(body, from, asked) || isPromiseFromElsewhere(body, from, asked)),
    asked,
  );
}

/** A member of a class that is written in the body: what its getter returns, or all that it is set to. */
function isOwnElsewhere(
  body: Body,
  { fn, values, isInherited }: OwnMember,
  node: ts.Expression,
  asked: Asked,
  test: (body: Body, value: ts.Expression, asked: Asked) => boolean,
): boolean {
  if (isInherited) return true;
  if (fn) return body.file.ts.isGetAccessor(fn) && returnsFromElsewhere(body, fn, asked);
  if (asked.has(node)) return false;
  asked.add(node);
  const all = values.every(
    (value) => isMemberElsewhere(body, value, asked) || test(body, unwrap(body.file.ts, value), asked),
  );
  asked.delete(node);
  return all;
}

/** `jobs.get(name)`, if the function has put only values from elsewhere into `jobs`. */
function isElementElsewhere(body: Body, call: ts.CallExpression, asked: Asked): boolean {
  const { ts } = body.file;
  const callee = unwrap(ts, call.expression);
  if (!ts.isPropertyAccessExpression(callee) || !ELEMENTS.has(callee.name.text)) return false;
  return !isFromOutside(body, callee) && isHeldElsewhere(body, callee.expression, asked);
}

const ELEMENTS = new Set(['get', 'at', 'pop', 'shift']);

/** `ready()`, with `const ready = () => client.ready`. */
function isCallFromElsewhere(body: Body, call: ts.CallExpression, asked: Asked): boolean {
  const { ts } = body.file;
  const member =
    memberFunctionOf(body, call.expression) ?? ownMemberOf(body, unwrap(ts, call.expression))?.fn;
  const called = member && !body.file.ts.isGetAccessor(member) ? member : undefined;
  return returnsFromElsewhere(body, localFunctionOf(body, call.expression) ?? called, asked);
}

function returnsFromElsewhere(body: Body, target: FunctionNode | undefined, asked: Asked): boolean {
  const { ts } = body.file;
  if (!target || isAsync(ts, target) || isGenerator(target) || asked.has(target)) return false;
  const values = returnsOf(ts, target);
  asked.add(target);
  const all =
    values.length > 0 &&
    values.every(
      (value) => isMemberElsewhere(body, value, asked) || isPromiseFromElsewhere(body, value, asked),
    );
  asked.delete(target);
  return all;
}

/** Whether a list or an object was made elsewhere. */
export function isHeldElsewhere(body: Body, expression: ts.Expression, asked: Asked = new Set()): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, expression);
  if (ts.isNewExpression(node))
    return isInstanceFromElsewhere(body, node) || isFilledElsewhere(body, [], node, asked);
  if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node))
    return isFilledElsewhere(body, [], node, asked);
  if (ts.isCallExpression(node)) {
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return false;
    const [list] = node.arguments;
    if (/^(Object\.values|Array\.from)$/.test(originOf(body.file, callee) ?? ''))
      return node.arguments.length === 1 && list !== undefined && isHeldElsewhere(body, list, asked);
    // `names.map((name) => new Client(name))`
    const closure = callee.name.text === 'map' && list && unwrap(ts, list);
    if (closure && isClosure(ts, closure) && !isAsync(ts, closure)) {
      const made = returnsOf(ts, closure).map((value) => unwrap(ts, value));
      return made.length > 0 && made.every((one) => isMadeElsewhere(body, one, asked));
    }
    if (isElementElsewhere(body, node, asked)) return true;
    return PARTS.test(callee.name.text) && isHeldElsewhere(body, callee.expression, asked);
  }
  const own = ownMemberOf(body, node);
  if (own) return isOwnElsewhere(body, own, node, asked, isHeldElsewhere);
  if (isMemberElsewhere(body, node, asked)) return true;
  if (!ts.isIdentifier(node)) return false;
  return (
    isCollected(body, node, asked) ||
    everySource(
      body,
      node,
      ({ from, relation }) => relation !== 'member' && isHeldElsewhere(body, from, asked),
      asked,
    )
  );
}

/** Whether a value is a promise from elsewhere, or an instance that may contain some. */
function isMadeElsewhere(body: Body, value: ts.Expression, asked: Asked): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, value);
  if (isOfDeferred(ts, node)) return false;
  return (
    (ts.isNewExpression(node) && isInstanceFromElsewhere(body, node)) ||
    isPromiseFromElsewhere(body, node, asked) ||
    (isLocalName(body, node) && isHeldElsewhere(body, node, asked))
  );
}

/** `deferred.promise`, which the function itself may settle. */
const isOfDeferred = (ts: TypeScript, node: ts.Node): boolean =>
  ts.isPropertyAccessExpression(node) && node.name.text === 'promise';

function isLocalName(body: Body, node: ts.Expression): boolean {
  const { ts, bindings } = body.file;
  const binding = ts.isIdentifier(node) ? bindings.resolve(node) : undefined;
  return binding !== undefined && body.isLocal(binding);
}

/** `const jobs = new Map()`, into which the function puts values from elsewhere. */
function isCollected(body: Body, name: ts.Identifier, asked: Asked): boolean {
  const { ts, bindings } = body.file;
  const binding = bindings.resolve(name);
  if (!binding || !body.isLocal(binding) || asked.has(binding)) return false;
  const sources = sourcesOf(body).get(binding) ?? [];
  const added = sources.flatMap(({ from, relation }) => (relation === 'member' ? [from] : []));
  const [first, ...others] = sources.filter(({ relation }) => relation !== 'member');
  if (added.length === 0 || !first || first.relation !== 'same' || others.length > 0) return false;
  asked.add(binding);
  const all = isFilledElsewhere(body, added, unwrap(ts, first.from), asked);
  asked.delete(binding);
  return all;
}

/** What `tools.ready` calls, with `const tools = { ready: () => client.ready }`; for a getter, what reads it. */
function memberFunctionOf(body: Body, member: ts.Expression): FunctionNode | undefined {
  const { ts, bindings } = body.file;
  const node = unwrap(ts, member);
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const holder = bindings.resolve(node.expression)?.declaration;
  if (!holder || !ts.isVariableDeclaration(holder) || !holder.initializer) return undefined;
  const made = unwrap(ts, holder.initializer);
  if (!ts.isObjectLiteralExpression(made)) return undefined;
  const property = made.properties.find(
    ({ name }) => name && ts.isIdentifier(name) && name.text === node.name.text,
  );
  if (property && (ts.isMethodDeclaration(property) || ts.isGetAccessor(property))) return property;
  const value = property && ts.isPropertyAssignment(property) && unwrap(ts, property.initializer);
  return value && isClosure(ts, value) ? value : undefined;
}

/**
 * Whether the collection that an expression makes contains values from elsewhere, and otherwise only literals and calls, which
 * are steps.
 */
function isFilledElsewhere(
  body: Body,
  added: readonly ts.Expression[],
  made: ts.Expression,
  asked: Asked,
): boolean {
  const { ts } = body.file;
  const initial = initialOf(body, made);
  if (initial === undefined) return false;
  const values = [...initial, ...added.filter((value) => !isKey(ts, value))];
  const isElsewhere = (value: ts.Expression): boolean =>
    ts.isSpreadElement(value)
      ? isHeldElsewhere(body, value.expression, asked)
      : isMadeElsewhere(body, value, asked);
  const found = values.filter(isElsewhere);
  return found.length > 0 && values.every((value) => found.includes(value) || isOwnData(body, value));
}

/** Values that the runtime knows not to come from elsewhere: data, and promises of steps. */
function isOwnData(body: Body, value: ts.Expression): boolean {
  const { ts } = body.file;
  const node = unwrap(ts, value);
  return ts.isLiteralExpression(node) || (ts.isCallExpression(node) && isForeign(body, node.expression));
}

const PARTS = /^(slice|filter|concat|values|toReversed|toSorted|flat|with)$/;

/** A name from outside, or its contents. */
function isMemberElsewhere(body: Body, expression: ts.Expression, asked: Asked): boolean {
  const { ts, bindings } = body.file;
  const node = unwrap(ts, expression);
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node))
    return false;
  const root = rootOf(ts, node);
  if (!ts.isIdentifier(root)) return false;
  const binding = bindings.resolve(root);
  if (!binding) return false;
  if (!body.isLocal(binding)) return isFromOutside(body, node);
  return node !== root && isHeldElsewhere(body, root, asked);
}

/** `new Client()` of a class that is neither written in the function nor a builtin of the language. */
export function isInstanceFromElsewhere(body: Body, node: ts.NewExpression): boolean {
  const { ts, bindings } = body.file;
  const root = rootOf(ts, node.expression);
  return ts.isIdentifier(root) && bindings.resolve(root) !== undefined && isForeign(body, node.expression);
}

function everySource(
  body: Body,
  name: ts.Identifier,
  test: (source: ValueSource) => boolean,
  asked: Asked,
): boolean {
  const binding = body.file.bindings.resolve(name);
  if (!binding || !body.isLocal(binding) || asked.has(binding)) return false;
  const sources = sourcesOf(body).get(binding) ?? [];
  asked.add(binding);
  const all = sources.length > 0 && sources.every((source) => test(source));
  asked.delete(binding);
  return all;
}
