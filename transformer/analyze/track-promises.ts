import type ts from 'typescript';
import type { Binding } from './bindings.ts';
import type { Body } from './body.ts';
import { isBuiltinRead } from './builtins.ts';
import {
  isBindCall,
  isFormatterCall,
  isHelperCall,
  isPureGlobal,
  localFunctionOf,
  originOf,
} from './callees.ts';
import { ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS } from './method-names.ts';
import {
  type FunctionNode,
  isAsync,
  isClosure,
  isFunctionNode,
  isGenerator,
  isImportCall,
  rootOf,
  unwrap,
  walk,
} from './syntax.ts';

/**
 * Pass 2. Finds which un-awaited calls give promises that the function uses later: their value flows into an `await`, a
 * combinator, a `.then` or a `return`. The flow goes backwards from those uses over local names, in two levels: a value
 * that is used as a promise, and a collection whose members are.
 *
 * Too much is safe, too little is not: a call found here that returns no promise costs an event, a call missed would run
 * again on every replay.
 */
export interface PromiseFlow {
  /** Operands of `await`, branches of conditionals taken apart. */
  readonly awaited: ReadonlySet<ts.Expression>;
  /** Calls that aren't awaited where they stand, but whose promise is used. */
  readonly started: ReadonlySet<ts.Expression>;
  /** Those of the started calls that an async function returns: it waits for them, whatever kind of promise they are. */
  readonly returned: ReadonlySet<ts.Expression>;
  /** Names of functions handed to `map` and the like, whose results are used as promises. */
  readonly references: ReadonlySet<ts.Expression>;
}

type Level = 'promise' | 'collection';
/** `same`: at the level of the name; `member`: what the name holds; `element`: the name is one of what this holds. */
interface Source {
  readonly from: ts.Expression;
  readonly relation: 'same' | 'member' | 'element';
}

const COMBINATORS = /^Promise\.(all|allSettled|race|any)$/;

export function trackPromises(body: Body): PromiseFlow {
  const { file, durable } = body;
  const { ts, bindings } = file;
  const awaited = new Set<ts.Expression>();
  const started = new Set<ts.Expression>();
  const returned = new Set<ts.Expression>();
  const references = new Set<ts.Expression>();
  const sources = new Map<Binding, Source[]>();
  const marked = { promise: new Set<Binding>(), collection: new Set<Binding>() };
  let ownMethods: boolean | undefined;
  const seen = { promise: new Set<ts.Node>(), collection: new Set<ts.Node>() };

  walk(ts, durable.node, collectSources);
  walk(ts, durable.node, collectDemands);
  return { awaited, started, returned, references };

  function source(name: ts.Node, from: ts.Expression, relation: Source['relation']): void {
    if (ts.isIdentifier(name)) {
      const binding = bindings.resolve(name);
      if (!binding || !body.isLocal(binding)) return;
      const list = sources.get(binding);
      if (list) list.push({ from, relation });
      else sources.set(binding, [{ from, relation }]);
      return;
    }
    // A pattern: each of its names is a member of what is taken apart.
    ts.forEachChild(name, function each(child): void {
      if (ts.isBindingElement(child)) {
        source(child.name, from, 'element');
        if (child.initializer) source(child.name, child.initializer, 'same');
      } else if (ts.isIdentifier(child)) source(child, from, 'element');
      else ts.forEachChild(child, each);
    });
  }

  function collectSources(node: ts.Node): void {
    if ((ts.isVariableDeclaration(node) || ts.isParameter(node)) && node.initializer) {
      source(node.name, node.initializer, 'same');
    }
    if (ts.isForOfStatement(node)) {
      const target = node.initializer;
      if (ts.isVariableDeclarationList(target)) {
        for (const declaration of target.declarations) source(declaration.name, node.expression, 'element');
      } else source(target, node.expression, 'element');
    } else if (ts.isBinaryExpression(node) && isAssignment(node)) {
      const target = unwrap(ts, node.left);
      if (ts.isPropertyAccessExpression(target) || ts.isElementAccessExpression(target)) {
        source(rootOf(ts, target), node.right, 'member');
      } else source(target, node.right, 'same');
    } else if (ts.isCallExpression(node)) {
      collectCallSources(node);
      collectCallbacks(node);
    }
  }

  /** `xs.forEach(save)`: it is called for what it does, and a promise it gives is left alone. */
  function collectCallbacks(call: ts.CallExpression): void {
    const callee = unwrap(ts, call.expression);
    const [callback] = call.arguments;
    const value = callback && unwrap(ts, callback);
    if (!value || !ts.isPropertyAccessExpression(callee) || callee.name.text !== 'forEach') return;
    if (!ts.isIdentifier(value) && !ts.isPropertyAccessExpression(value)) return;
    if (!localFunctionOf(body, value) && !isPureGlobal(file, value)) references.add(value);
  }

  function collectCallSources(call: ts.CallExpression): void {
    const callee = unwrap(ts, call.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      if (ADDERS.has(callee.name.text)) {
        for (const argument of call.arguments) source(rootOf(ts, callee), argument, 'member');
      }
      if (isHelperCall(body, call)) {
        const from = isPureGlobal(file, callee) ? call.arguments[0] : callee.expression;
        for (const argument of call.arguments) {
          const closure = unwrap(ts, argument);
          if (!isClosure(ts, closure) || !from) continue;
          for (const parameter of closure.parameters) source(parameter.name, from, 'element');
        }
      }
    }
    if (originOf(file, callee) === 'Object.assign') {
      const [target, ...parts] = call.arguments;
      for (const part of parts) if (target) source(rootOf(ts, target), part, 'same');
    }
    const target = localFunctionOf(body, callee);
    target?.parameters.forEach((parameter, index) => {
      if (parameter.dotDotDotToken)
        for (const argument of call.arguments.slice(index)) source(parameter.name, argument, 'member');
      else if (call.arguments[index]) source(parameter.name, call.arguments[index], 'same');
    });
  }

  function collectDemands(node: ts.Node): void {
    if (ts.isAwaitExpression(node)) awaitTail(node.expression);
    else if (ts.isForOfStatement(node) && node.awaitModifier) demand(node.expression, 'collection');
    else if (ts.isYieldExpression(node) && node.expression)
      demand(node.expression, node.asteriskToken ? 'collection' : 'promise');
    else if (ts.isCallExpression(node)) {
      const origin = originOf(file, node.expression);
      const callee = unwrap(ts, node.expression);
      if (origin && COMBINATORS.test(origin))
        for (const argument of node.arguments) demand(argument, 'collection');
      else if (ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text))
        demand(node, 'promise');
    }
    if (ts.isPropertyDeclaration(node) && node.initializer) demand(node.initializer, 'promise');
    else if (ts.isBinaryExpression(node) && isAssignment(node) && isMemberOfThis(node.left))
      demand(node.right, 'promise');
    else if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (mayKeepArguments(node)) for (const argument of node.arguments ?? []) demand(argument, 'promise');
    }
    if (isFunctionNode(ts, node) && node.body && !isGenerator(node)) {
      const escapes = node !== durable.node && returnsEscape(node);
      for (const value of returnsOf(node)) {
        if (isAsync(ts, node)) returnTail(value);
        if (isAsync(ts, node) || escapes) demand(value, 'promise');
        // Who calls it may wait for what the returned object holds.
        if (escapes) demand(value, 'collection');
      }
    }
  }

  /** `this.x = ...` in a class or object written here: its methods may await it later. */
  function isMemberOfThis(target: ts.Expression): boolean {
    const node = unwrap(ts, target);
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return false;
    return rootOf(ts, node).kind === ts.SyntaxKind.ThisKeyword;
  }

  /** Whether a call may hand its arguments to code written here that this flow can't follow: methods, constructors. */
  function mayKeepArguments(call: ts.CallExpression | ts.NewExpression): boolean {
    const callee = unwrap(ts, call.expression);
    const root = rootOf(ts, callee);
    const binding = ts.isIdentifier(root) ? bindings.resolve(root) : undefined;
    const own = root.kind === ts.SyntaxKind.ThisKeyword || (binding !== undefined && body.isLocal(binding));
    if (!own || !hasOwnMethods()) return false;
    if (!ts.isPropertyAccessExpression(callee))
      return ts.isNewExpression(call) || !localFunctionOf(body, callee);
    return ![ADDERS, CHAINERS, FORMATTERS, HELPERS, READERS].some((names) => names.has(callee.name.text));
  }

  /** Whether the function holds classes or objects with methods of their own. */
  function hasOwnMethods(): boolean {
    if (ownMethods === undefined) {
      ownMethods = false;
      walk(ts, durable.node, (node) => {
        if (node !== durable.node && (ts.isClassLike(node) || ts.isMethodDeclaration(node)))
          ownMethods = true;
        else if (ts.isPropertyAssignment(node) && isClosure(ts, unwrap(ts, node.initializer)))
          ownMethods = true;
      });
    }
    return ownMethods;
  }

  /** Whether nobody knows who takes what a function returns. */
  function returnsEscape(node: FunctionNode): boolean {
    if (ts.isConstructorDeclaration(node) || ts.isSetAccessor(node) || isGenerator(node)) return false;
    const holder = unwrapParent(node);
    if (ts.isCallExpression(holder)) {
      if (unwrap(ts, holder.expression) === node || isHelperCall(body, holder)) return false;
    }
    if (ts.isNewExpression(holder)) return false;
    const name = ts.isFunctionDeclaration(node)
      ? node.name
      : ts.isVariableDeclaration(holder)
        ? holder.name
        : undefined;
    if (!name || !ts.isIdentifier(name)) return true;
    const binding = bindings.resolve(name);
    let escapes = false;
    walk(ts, durable.node, (use) => {
      if (
        !ts.isIdentifier(use) ||
        use.text !== name.text ||
        use === name ||
        bindings.resolve(use) !== binding
      )
        return;
      const user = unwrapParent(use);
      if (!ts.isCallExpression(user) || unwrap(ts, user.expression) !== use) escapes = true;
    });
    return escapes;
  }

  function unwrapParent(node: ts.Node): ts.Node {
    let parent = node.parent;
    while (
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isSatisfiesExpression(parent)
    ) {
      parent = parent.parent;
    }
    return parent;
  }

  function returnsOf(node: FunctionNode): ts.Expression[] {
    if (!node.body) return [];
    if (!ts.isBlock(node.body)) return [node.body];
    const values: ts.Expression[] = [];
    ts.forEachChild(node.body, function each(child): void {
      if (ts.isReturnStatement(child) && child.expression) values.push(child.expression);
      else if (!isFunctionNode(ts, child) && !ts.isClassLike(child)) ts.forEachChild(child, each);
    });
    return values;
  }

  function returnTail(expression: ts.Expression): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      returnTail(node.whenTrue);
      returnTail(node.whenFalse);
    } else if (
      ts.isBinaryExpression(node) &&
      (isLogical(node) || node.operatorToken.kind === ts.SyntaxKind.CommaToken)
    ) {
      returnTail(node.right);
    } else returned.add(node);
  }

  function awaitTail(expression: ts.Expression): void {
    const node = unwrap(ts, expression);
    if (ts.isConditionalExpression(node)) {
      awaitTail(node.whenTrue);
      awaitTail(node.whenFalse);
    } else if (ts.isBinaryExpression(node) && isLogical(node)) {
      demand(node.left, 'promise');
      awaitTail(node.right);
    } else if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken)
      awaitTail(node.right);
    else if (ts.isBinaryExpression(node) && isAssignment(node)) demand(node.right, 'promise');
    else {
      awaited.add(node);
      demand(node, 'promise');
    }
  }

  function demand(expression: ts.Expression, level: Level): void {
    const node = unwrap(ts, expression);
    if (seen[level].has(node)) return;
    seen[level].add(node);
    if (ts.isIdentifier(node)) demandName(node, level);
    else if (ts.isConditionalExpression(node)) {
      demand(node.whenTrue, level);
      demand(node.whenFalse, level);
    } else if (ts.isBinaryExpression(node)) {
      if (isLogical(node)) demand(node.left, level);
      if (isLogical(node) || isAssignment(node) || node.operatorToken.kind === ts.SyntaxKind.CommaToken)
        demand(node.right, level);
    } else if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
      demand(node.expression, 'collection');
    else if (ts.isSpreadElement(node)) demand(node.expression, 'collection');
    else if (ts.isAwaitExpression(node) && level === 'collection') demand(node.expression, level);
    // What a literal holds is used only where the literal is used as a collection: `await [f()]` waits for nothing.
    else if (ts.isArrayLiteralExpression(node)) {
      if (level === 'collection') for (const element of node.elements) demandMember(element);
    } else if (ts.isObjectLiteralExpression(node)) {
      if (level === 'promise') return;
      for (const property of node.properties) {
        if (ts.isPropertyAssignment(property)) demandMember(property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) demandMember(property.name);
        else if (ts.isSpreadAssignment(property)) demand(property.expression, 'collection');
      }
    } else if (ts.isNewExpression(node) && level === 'collection')
      for (const argument of node.arguments ?? []) demand(argument, level);
    else if (ts.isCallExpression(node) && !isImportCall(ts, node)) demandCall(node, level);
    else if (ts.isTaggedTemplateExpression(node) && level === 'promise' && !awaited.has(node))
      started.add(node);
  }

  function demandMember(expression: ts.Expression): void {
    if (ts.isSpreadElement(expression)) return demand(expression.expression, 'collection');
    demand(expression, 'promise');
    demand(expression, 'collection');
  }

  function demandName(name: ts.Identifier, level: Level): void {
    const binding = bindings.resolve(name);
    if (!binding || !body.isLocal(binding) || marked[level].has(binding)) return;
    marked[level].add(binding);
    for (const { from, relation } of sources.get(binding) ?? []) {
      if (relation === 'same') demand(from, level);
      else if (relation === 'element') demand(from, 'collection');
      else if (level === 'collection') demandMember(from);
    }
  }

  function demandCall(call: ts.CallExpression, level: Level): void {
    const target = localFunctionOf(body, call.expression);
    if (target) {
      if (!isAsync(ts, target) || level === 'collection')
        for (const value of returnsOf(target)) demand(value, level);
      return;
    }
    if (isHelperCall(body, call) || level === 'collection') return demandHelper(call, level);
    if (isFormatterCall(body, call) || isBindCall(body, call) || isBuiltinRead(file, call.expression)) return;
    const origin = originOf(file, call.expression);
    if (origin && COMBINATORS.test(origin)) return;
    if (isPureGlobal(file, call.expression)) {
      // `Promise.resolve(f())` is the promise of f; other builtins hand on what their arguments hold.
      const inner = origin?.startsWith('Promise.') ? 'promise' : 'collection';
      for (const argument of call.arguments) demand(argument, inner);
      const receiver = unwrap(ts, call.expression);
      if (ts.isPropertyAccessExpression(receiver)) demand(receiver.expression, 'promise');
      return;
    }
    // An awaited call is a step where it stands; what it takes its promises from is followed all the same.
    if (!awaited.has(call)) started.add(call);
    demandReceiver(unwrap(ts, call.expression));
  }

  /** What a call is made on: `f()` in `f().g()` may start work, `p` in `p.then(...)` is a promise made elsewhere. */
  function demandReceiver(callee: ts.Expression): void {
    if (ts.isCallExpression(callee)) return demand(callee, 'promise');
    if (!ts.isPropertyAccessExpression(callee) && !ts.isElementAccessExpression(callee)) return;
    const chained = ts.isPropertyAccessExpression(callee) && CHAINERS.has(callee.name.text);
    let receiver = unwrap(ts, callee.expression);
    demand(receiver, chained ? 'promise' : 'collection');
    while (ts.isPropertyAccessExpression(receiver) || ts.isElementAccessExpression(receiver))
      receiver = unwrap(ts, receiver.expression);
    if (ts.isCallExpression(receiver)) demand(receiver, 'promise');
  }

  /** A synchronous helper whose result is used as a promise, or as a collection of promises. */
  function demandHelper(call: ts.CallExpression, level: Level): void {
    const callee = unwrap(ts, call.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      if (isPureGlobal(file, callee)) for (const argument of call.arguments) demand(argument, 'collection');
      else demand(callee.expression, 'collection');
    }
    for (const argument of call.arguments) {
      const value = unwrap(ts, argument);
      if (isClosure(ts, value)) {
        if (isAsync(ts, value)) continue;
        for (const result of returnsOf(value)) {
          demand(result, 'promise');
          demand(result, level);
        }
      } else if (ts.isPropertyAccessExpression(callee) && /^(map|flatMap|from)$/.test(callee.name.text)) {
        if (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value)) {
          const isCallback =
            callee.name.text === 'from' ? call.arguments[1] === argument : call.arguments[0] === argument;
          if (isCallback && !localFunctionOf(body, value) && !isPureGlobal(file, value))
            references.add(value);
        }
      }
    }
  }

  function isLogical(node: ts.BinaryExpression): boolean {
    const kind = node.operatorToken.kind;
    return (
      kind === ts.SyntaxKind.BarBarToken ||
      kind === ts.SyntaxKind.AmpersandAmpersandToken ||
      kind === ts.SyntaxKind.QuestionQuestionToken
    );
  }

  function isAssignment(node: ts.BinaryExpression): boolean {
    const kind = node.operatorToken.kind;
    return (
      kind === ts.SyntaxKind.EqualsToken ||
      kind === ts.SyntaxKind.BarBarEqualsToken ||
      kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
      kind === ts.SyntaxKind.QuestionQuestionEqualsToken
    );
  }
}
