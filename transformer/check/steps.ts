import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { CLEAR } from '../body/body-timers.ts';
import { DURABLE_FUNCTIONS, functionOf, isFormatterCall, isHelperCall } from '../body/callees.ts';
import { aliasedBy, isSurelyChanged } from '../body/captured-values.ts';
import { callerOf } from '../body/known-callers.ts';
import { isReplaced } from '../body/replaced-values.ts';
import type { Bindings } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { membersNamed } from '../syntax/members.ts';
import { MUTATORS, READERS } from '../syntax/method-names.ts';
import { type FunctionNode, isFunctionNode, isReference, rootOf, unwrap, walk } from '../syntax/nodes.ts';
import { targetsOf } from '../syntax/writes.ts';

/**
 * An effect of a step's code on the durable function around it. The step runs once and its result is recorded. A replay would
 * not repeat a change that the step makes to variables of the function.
 */
export interface Touch {
  readonly node: ts.Node;
  /** `may mutate`: by a method whose name says so, on a value of unknown type. Types decide. */
  readonly kind: 'assigns' | 'mutates' | 'may mutate' | 'calls';
  /** The variable, and the method called on it. */
  readonly name: string;
  readonly method?: string;
}

/**
 * The effects of the nodes on variables of the durable function that are declared outside of them. With `strict`, calls on such
 * variables count unless they are known to only read.
 */
export function touchesOf(body: Body, nodes: readonly ts.Node[], strict: boolean): Touch[] {
  return new TouchSearch(body, nodes, strict).run();
}

class TouchSearch {
  private readonly body: Body;
  private readonly nodes: readonly ts.Node[];
  private readonly strict: boolean;
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly touches: Touch[] = [];
  private readonly inside: Set<ts.Node>;

  constructor(body: Body, nodes: readonly ts.Node[], strict: boolean) {
    this.body = body;
    this.nodes = nodes;
    this.strict = strict;
    const { ts, bindings } = body.file;
    this.ts = ts;
    this.bindings = bindings;
    this.inside = new Set(nodes);
  }

  run(): Touch[] {
    const { nodes, strict, body, ts, bindings, touches } = this;
    for (const top of nodes) {
      for (const node of strict ? this.allIn(top) : actsIn(body, top)) {
        for (const changed of targetsOf(ts, node)) this.target(changed);
        if (ts.isCallExpression(node)) this.call(node);
        else if (ts.isIdentifier(node) && strict && isReference(ts, node)) {
          // A function written in the body may change the variable in any way.
          const binding = bindings.resolve(node);
          if (binding && this.captured(node, false) !== undefined && functionOf(body.file, binding)) {
            touches.push({ node, kind: 'calls', name: node.text });
          }
        }
      }
    }
    return touches;
  }

  /** The captured variable at the root of an expression. With `deep`, the variable of which it is an alias in part counts too. */
  private captured(expression: ts.Expression, deep: boolean): string | undefined {
    const { ts, inside, body, bindings } = this;
    const root = rootOf(ts, expression);
    if (root.kind === ts.SyntaxKind.ThisKeyword || root.kind === ts.SyntaxKind.SuperKeyword) {
      const owner = this.ownerOfThis(root);
      const outside = owner !== undefined && !isWithin(inside, owner);
      // The receiver of a durable method is outside of the run, as other modules are. An instance is part of the run.
      return outside && (body.durable.ofInstances || !body.isOwnThis(root)) ? 'this' : undefined;
    }
    if (!ts.isIdentifier(root)) return undefined;
    const binding = bindings.resolve(root);
    if (!binding || !body.isLocal(binding)) return undefined;
    if (!isWithin(inside, binding.scope)) return root.text;
    const source = deep ? aliasedBy(body, binding) : undefined;
    return source && this.captured(source, true);
  }

  private target(expression: ts.Expression): void {
    const { ts, touches } = this;
    const node = unwrap(ts, expression);
    const deep = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);
    const name = this.captured(node, deep && !this.hasCall(node));
    if (name !== undefined) touches.push({ node: expression, kind: 'assigns', name });
  }

  private allIn(top: ts.Node): readonly ts.Node[] {
    const { ts } = this;
    const all: ts.Node[] = [];
    walk(ts, top, (node) => void all.push(node));
    return all;
  }

  private call(node: ts.CallExpression): void {
    const { ts, strict, body, touches } = this;
    const callee = unwrap(ts, node.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      // The return value of a call in between is most likely another object.
      const direct = !this.hasCall(callee.expression);
      const method = callee.name.text;
      const name = this.captured(callee.expression, direct && !strict);
      if (name === undefined) {
        const [changed] = node.arguments;
        if (changed && originOf(body.file, callee) === 'Object.assign') this.target(changed);
        return;
      }
      if (MUTATORS.has(method) && direct) {
        const sure = strict || isSurelyChanged(body, callee.expression, method);
        touches.push({ node, kind: sure ? 'mutates' : 'may mutate', name, method });
      } else if (
        strict &&
        !READERS.has(method) &&
        !isHelperCall(body, node) &&
        !isFormatterCall(body, node)
      ) {
        touches.push({ node, kind: 'calls', name: `${name}.${method}` });
      }
    } else if (CLEAR.test(originOf(body.file, callee) ?? '')) {
      // The timer belongs to the durable function, and a step can't cancel it.
      const [timer] = node.arguments;
      const name = timer && this.captured(timer, false);
      if (name !== undefined) touches.push({ node, kind: 'mutates', name, method: 'clearTimeout' });
    } else if (strict && ts.isIdentifier(callee)) {
      const name = this.captured(callee, false);
      if (name !== undefined) touches.push({ node, kind: 'calls', name });
    }
  }

  /** The function or class to which the `this` of a keyword belongs. */
  private ownerOfThis(keyword: ts.Node): ts.Node | undefined {
    const { ts } = this;
    for (let at = keyword.parent; at; at = at.parent) {
      if ((isFunctionNode(ts, at) && !ts.isArrowFunction(at)) || ts.isClassLike(at)) return at;
    }
    return undefined;
  }

  private hasCall(expression: ts.Expression): boolean {
    const { ts } = this;
    let at = unwrap(ts, expression);
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = unwrap(ts, at.expression);
    return ts.isCallExpression(at);
  }
}

/** A closure that belongs to a step, with the functions and methods of the body that it calls or passes on. */
function withCalled(body: Body, closure: ts.Node): ts.Node[] {
  const found = [closure];
  const known = new Set(found);
  for (const node of found) {
    for (const called of calledIn(body, node)) {
      if (isWithin(known, called)) continue;
      known.add(called);
      found.push(called);
    }
  }
  return found;
}

const acts = new WeakMap<Body, Map<ts.Node, readonly ts.Node[]>>();

/** The calls and changes of variables in a part of the body. Cached, since many steps may share the part. */
function actsIn(body: Body, part: ts.Node): readonly ts.Node[] {
  const { ts } = body.file;
  return once(acts, body, part, (add) =>
    walk(ts, part, (node) => {
      if (ts.isCallExpression(node) || targetsOf(ts, node).length > 0) add(node);
    }),
  );
}

const callsIn = new WeakMap<Body, Map<ts.Node, readonly ts.Node[]>>();

/** The functions and methods of the body that a part of it calls or passes on. Cached as well. */
function calledIn(body: Body, part: ts.Node): readonly ts.Node[] {
  const { ts, bindings } = body.file;
  return once(callsIn, body, part, (add) =>
    walk(ts, part, (node) => {
      let called: ts.Node | undefined;
      if (ts.isIdentifier(node) && isReference(ts, node)) {
        const binding = bindings.resolve(node);
        if (binding && body.isLocal(binding)) called = functionOf(body.file, binding);
      } else if (ts.isPropertyAccessExpression(node) && node.expression.kind === ts.SyntaxKind.ThisKeyword) {
        if (!body.isOwnThis(node.expression)) called = methodAround(body, node);
      }
      if (called && called !== body.durable.node) add(called);
    }),
  );
}

/** The nodes that `collect` adds for a part of a body, each once. Cached. */
function once(
  kept: WeakMap<Body, Map<ts.Node, readonly ts.Node[]>>,
  body: Body,
  part: ts.Node,
  collect: (add: (node: ts.Node) => void) => void,
): readonly ts.Node[] {
  const byPart = kept.get(body) ?? new Map<ts.Node, readonly ts.Node[]>();
  kept.set(body, byPart);
  const known = byPart.get(part);
  if (known) return known;
  const nodes = new Set<ts.Node>();
  collect((node) => nodes.add(node));
  const list = [...nodes];
  byPart.set(part, list);
  return list;
}

/** Whether a node is one of these, or inside of one. */
function isWithin(nodes: ReadonlySet<ts.Node>, node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (nodes.has(at)) return true;
  return false;
}

/** The method of an enclosing class that `this.name` refers to. */
function methodAround(body: Body, access: ts.PropertyAccessExpression): ts.Node | undefined {
  const { ts } = body.file;
  for (let at: ts.Node = access; at && at !== body.durable.node; at = at.parent) {
    if (!ts.isClassLike(at) && !ts.isObjectLiteralExpression(at)) continue;
    return membersNamed(ts, at, access.name.text).find((one) => ts.isMethodDeclaration(one));
  }
  return undefined;
}

/** A variable of the durable function that a function written in it changes, directly or through its calls. */
export function changedBy(body: Body, fn: FunctionNode): string | undefined {
  // Its decorators don't count: they are called where its class is declared.
  const called = fn.body ? withCalled(body, fn.body).slice(1) : [];
  const changes = touchesOf(body, [fn, ...called.filter((one) => one !== fn)], false);
  return changes.find(({ kind }) => kind === 'assigns' || kind === 'mutates')?.name;
}

/** The changes by a closure of a step, and by functions that it calls, that a replay would not repeat. */
export function changesOf(body: Body, code: readonly ts.Node[]): readonly Touch[] {
  const touches = touchesOf(body, code, false);
  const [closure, ...called] = code;
  if (touches.length === 0 || !closure || called.length > 0) return touches;
  return touches.filter(({ name }) => !isReplaced(body, closure, name));
}

/** Whether a closure does what the closure of a step must not do. */
export function isUnfitForStep(body: Body, closure: ts.Node): boolean {
  const code = withCalled(body, closure);
  return changesOf(body, code).length > 0 || durableCallsIn(body, code).length > 0;
}

/** Calls of waits and other steps. */
function durableCallsIn(body: Body, code: readonly ts.Node[]): readonly ts.CallExpression[] {
  const { ts } = body.file;
  return code.flatMap((part) =>
    actsIn(body, part).filter((node): node is ts.CallExpression => {
      const origin = ts.isCallExpression(node) ? originOf(body.file, node.expression) : undefined;
      return origin !== undefined && DURABLE_FUNCTIONS.has(origin);
    }),
  );
}

/** Reports what the closure of a step must not do. */
export function checkStepClosure(body: Body, closure: ts.Node): void {
  const { reporter, sourceFile } = body.file;
  const code = withCalled(body, closure);
  body.stepCode.push(code);
  const changes = changesOf(body, code);
  const caller = changes.length === 0 ? undefined : callerOf(body, closure);
  for (const touch of changes) {
    if (caller && touch.kind !== 'may mutate')
      reporter.report('changedInPackage', touch.node, touch.name, caller.name, caller.why, caller.instead);
    else if (touch.kind === 'assigns') reporter.report('capturedAssignment', touch.node, touch.name);
    else if (touch.kind === 'mutates')
      reporter.report('capturedMutation', touch.node, touch.name, touch.method ?? '');
  }
  for (const call of durableCallsIn(body, code))
    reporter.report('durableInStep', call, call.expression.getText(sourceFile));
}
