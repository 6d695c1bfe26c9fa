import type ts from 'typescript';
import type { Body } from '../body/body.ts';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { FORMATTERS, MUTATORS } from '../syntax/method-names.ts';
import {
  contains,
  type FunctionNode,
  isAssignment,
  isFunctionNode,
  isLogical,
  isReference,
  rootOf,
  unwrap,
  unwrapParent,
  walk,
} from '../syntax/nodes.ts';
import { pathRootOf, targetsOf } from '../syntax/writes.ts';
import { effectOf, functionIn } from './effects.ts';

/** What a piece of code does to the variables of its function. */
export interface Effects {
  /** Variables that get another value. */
  readonly assigned: ReadonlySet<Binding>;
  /** Variables whose objects may be changed. */
  readonly mutated: ReadonlySet<Binding>;
  /** It may throw, or change something outside. */
  readonly isOpaque: boolean;
}

/** Variables that are changed anywhere in the function after they got their first value. */
interface Changes {
  readonly assigned: ReadonlySet<Binding>;
  /** These, and those whose objects are changed. */
  readonly changed: ReadonlySet<Binding>;
  /** Those of them that closures change. */
  readonly inClosures: ReadonlySet<Binding>;
}

type Mutable = { assigned: Set<Binding>; mutated: Set<Binding>; isOpaque: boolean };

/** The variables of one durable function: which may hold the same object, and what code does to them. */
export class Variables {
  private readonly body: Body;
  /** Code that is judged where it stands: calls of steps, and closures with calls. */
  private readonly isApart: (node: ts.Node) => boolean;
  /** Variables that may share an object have the same root. */
  private readonly parents = new Map<Binding, Binding>();
  /** Stands for the draws of random values, each of which changes what the next one is. */
  private readonly draws: Binding;
  /** Stands for the clock, which steps and waits change. */
  private readonly clock: Binding;
  private readonly ofClosures = new Map<ts.Node, Effects>();
  private all: Changes | undefined;

  constructor(body: Body, isApart: (node: ts.Node) => boolean) {
    this.body = body;
    this.isApart = isApart;
    const { node } = body.durable;
    this.draws = { name: 'random', declaration: node, scope: node };
    this.clock = { name: 'clock', declaration: node, scope: node };
    this.joinAll();
  }

  /** Whether an object that one of these variables holds may be held by the other one. */
  mayShare(one: Binding, others: ReadonlySet<Binding>): boolean {
    const root = this.rootOf(one);
    for (const other of others) if (this.rootOf(other) === root) return true;
    return false;
  }

  /** The variables of the function that a piece of code names, without code apart. */
  named(node: ts.Node): ReadonlySet<Binding> {
    const { ts } = this.body.file;
    const found = new Set<Binding>();
    walk(ts, node, (inner) => {
      if (this.isApart(inner)) return false;
      const binding = ts.isIdentifier(inner) ? this.localOf(inner) : this.chanceOf(inner);
      if (binding !== undefined) found.add(binding);
      return undefined;
    });
    return found;
  }

  /** What a call reads that differs from one moment to the next. */
  private chanceOf(node: ts.Node): Binding | undefined {
    const { ts, bindings, sourceFile } = this.body.file;
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
    const callee = unwrap(ts, node.expression);
    const root = rootOf(ts, callee);
    if (!ts.isIdentifier(root) || bindings.resolve(root) !== undefined) return undefined;
    const text = callee.getText(sourceFile);
    if (/^(Math\.random|(globalThis\.)?crypto\..*)$/.test(text)) return this.draws;
    return /^(Date(\.now)?|performance\.now)$/.test(text) && !node.arguments?.length ? this.clock : undefined;
  }

  /** What code does, without code apart: its arguments are judged by themselves. */
  effectsOf(node: ts.Node): Effects {
    const effects: Mutable = { assigned: new Set(), mutated: new Set(), isOpaque: false };
    walk(this.body.file.ts, node, (inner) => {
      if (this.isApart(inner)) return false;
      this.add(effects, inner);
      return undefined;
    });
    return effects;
  }

  /** Variables that are changed anywhere, and those of them that closures change. */
  get changes(): Changes {
    this.all ??= this.allChanges();
    return this.all;
  }

  private allChanges(): Changes {
    const { ts } = this.body.file;
    const { node: root } = this.body.durable;
    const effects: Mutable = { assigned: new Set(), mutated: new Set(), isOpaque: false };
    const closures: Mutable = { assigned: new Set(), mutated: new Set(), isOpaque: false };
    walk(ts, root, (node) => {
      if (this.isStepCode(node)) return false;
      if (ts.isVariableDeclaration(node)) return undefined;
      this.add(effects, node);
      if (!isFunctionNode(ts, node) || node === root) return undefined;
      walk(ts, node, (inner) => {
        if (this.isStepCode(inner)) return false;
        if (!ts.isVariableDeclaration(inner)) this.add(closures, inner);
        return undefined;
      });
      return undefined;
    });
    const joined = ({ assigned, mutated }: Mutable): Set<Binding> => new Set([...assigned, ...mutated]);
    const changed = joined(effects).add(this.draws).add(this.clock);
    return { assigned: effects.assigned, changed, inClosures: joined(closures) };
  }

  /** `step('name', async () => ...)`: as with any other step, what it does is not the code of the function. */
  private isStepCode(node: ts.Node): boolean {
    const { file } = this.body;
    const { ts } = file;
    if (!isFunctionNode(ts, node) || this.isApart(node)) return false;
    const call = unwrapParent(ts, node);
    return ts.isCallExpression(call) && originOf(file, call.expression) === 'use-durable#step';
  }

  private add(effects: Mutable, node: ts.Node): void {
    const { ts } = this.body.file;
    if (ts.isVariableDeclaration(node)) this.declares(effects.assigned, node.name);
    for (const target of targetsOf(ts, node)) this.write(effects, target);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      if (!this.isApart(node)) this.call(effects, node);
    } else if (ts.isTaggedTemplateExpression(node) ? !this.isApart(node) : ts.isYieldExpression(node))
      effects.isOpaque = true;
  }

  private call(effects: Mutable, node: ts.CallExpression | ts.NewExpression): void {
    const given = node.arguments ?? [];
    const mutate = (part: ts.Node): void => {
      for (const binding of this.named(part)) effects.mutated.add(binding);
    };
    if (this.chanceOf(node) === this.draws) effects.assigned.add(this.draws);
    // `orders.forEach(count)`: one that is written out is walked through anyway.
    for (const argument of given) {
      const closure = this.closureNamed(unwrap(this.body.file.ts, argument));
      if (closure) this.execute(effects, closure);
    }
    const effect = effectOf(this.body.file, node, (name) => this.localOf(name) !== undefined);
    switch (effect.kind) {
      case 'reads':
        return;
      case 'receiver':
        return mutate(node.expression);
      case 'first':
        if (given[0]) mutate(given[0]);
        return;
      case 'closure':
        return this.execute(effects, effect.closure);
      case 'unknown':
        effects.isOpaque = true;
        mutate(node.expression);
        for (const argument of given) mutate(argument);
    }
  }

  private execute(effects: Mutable, closure: ts.Node): void {
    const { assigned, mutated, isOpaque } = this.ofClosure(closure);
    for (const binding of assigned) effects.assigned.add(binding);
    for (const binding of mutated) effects.mutated.add(binding);
    effects.isOpaque ||= isOpaque;
  }

  /** The function of the durable function that a call calls by its name. */
  closureOf(node: ts.CallExpression): FunctionNode | undefined {
    const effect = effectOf(this.body.file, node, (name) => this.localOf(name) !== undefined);
    return effect.kind === 'closure' ? (effect.closure as FunctionNode) : undefined;
  }

  /** The function of the durable function that a name stands for. */
  closureNamed(name: ts.Node): ts.Node | undefined {
    const binding = this.body.file.ts.isIdentifier(name) ? this.localOf(name) : undefined;
    return binding && functionIn(this.body.file, binding.declaration);
  }

  declaredBy(name: ts.BindingName): ReadonlySet<Binding> {
    const found = new Set<Binding>();
    this.declares(found, name);
    return found;
  }

  /** Like `named`, code apart included, but without the variables of that code itself. */
  givenTo(node: ts.Node): ReadonlySet<Binding> {
    const { ts } = this.body.file;
    const found = new Set<Binding>();
    walk(ts, node, (inner) => {
      const binding = ts.isIdentifier(inner) ? this.localOf(inner) : undefined;
      if (binding !== undefined && !contains(node, binding.scope)) found.add(binding);
    });
    return found;
  }

  private ofClosure(closure: ts.Node): Effects {
    const known = this.ofClosures.get(closure);
    if (known) return known;
    // A closure that calls itself does nothing more by that.
    this.ofClosures.set(closure, { assigned: new Set(), mutated: new Set(), isOpaque: false });
    const effects = this.effectsOf(closure);
    this.ofClosures.set(closure, effects);
    return effects;
  }

  private write(effects: Mutable, target: ts.Expression): void {
    const { ts } = this.body.file;
    const path = pathRootOf(ts, target);
    const binding = path && ts.isIdentifier(path.root) ? this.localOf(path.root) : undefined;
    if (binding === undefined) effects.isOpaque = true;
    else (path?.deep ? effects.mutated : effects.assigned).add(binding);
  }

  private declares(found: Set<Binding>, name: ts.BindingName): void {
    const { ts, bindings } = this.body.file;
    if (ts.isIdentifier(name)) {
      const binding = bindings.lookup(name.text, name);
      if (binding) found.add(binding);
      return;
    }
    for (const element of name.elements) if (ts.isBindingElement(element)) this.declares(found, element.name);
  }

  private localOf(name: ts.Identifier): Binding | undefined {
    const { ts, bindings } = this.body.file;
    if (!isReference(ts, name)) return undefined;
    const binding = bindings.resolve(name);
    return binding && this.body.isLocal(binding) ? binding : undefined;
  }

  // Which variables may hold the same object

  private rootOf(binding: Binding): Binding {
    let at = binding;
    for (let next = this.parents.get(at); next; next = this.parents.get(at)) at = next;
    return at;
  }

  private join(one: Binding, other: Binding): void {
    const [a, b] = [this.rootOf(one), this.rootOf(other)];
    if (a !== b) this.parents.set(a, b);
  }

  private joinAll(): void {
    const { ts } = this.body.file;
    walk(ts, this.body.durable.node, (node) => {
      if (ts.isVariableDeclaration(node)) {
        const { parent: list } = node;
        const loop = list.parent;
        const isItem = ts.isVariableDeclarationList(list) && ts.isForOfStatement(loop);
        const value = isItem ? loop.expression : node.initializer;
        if (value) this.joinNames(node.name, value);
      } else if (ts.isBinaryExpression(node) && isAssignment(ts, node)) {
        for (const target of this.shared(node.left)) this.joinValue(target, node.right);
      } else if (ts.isCallExpression(node)) this.joinCall(node);
    });
  }

  private joinNames(name: ts.BindingName, value: ts.Expression): void {
    for (const binding of this.declaredBy(name)) this.joinValue(binding, value);
  }

  private joinValue(binding: Binding, value: ts.Expression): void {
    for (const other of this.shared(value)) this.join(binding, other);
  }

  /** `list.push(item)`, `each(item)` with a closure, `list.map((item) => ...)`. */
  private joinCall(node: ts.CallExpression): void {
    const { file } = this.body;
    const { ts } = file;
    const callee = unwrap(ts, node.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      const receivers = this.shared(callee.expression);
      for (const argument of node.arguments) {
        if (MUTATORS.has(callee.name.text))
          for (const receiver of receivers) this.joinValue(receiver, argument);
        const closure = unwrap(ts, argument);
        if (isFunctionNode(ts, closure))
          for (const parameter of closure.parameters) this.joinNames(parameter.name, callee.expression);
      }
    }
    const effect = effectOf(file, node, (name) => this.localOf(name) !== undefined);
    if (effect.kind !== 'closure' || !isFunctionNode(ts, effect.closure)) return;
    for (const [index, argument] of node.arguments.entries()) {
      const parameter = effect.closure.parameters[index];
      if (parameter) this.joinNames(parameter.name, argument);
    }
  }

  /** The variables whose objects may be in a value. */
  private shared(value: ts.Expression): readonly Binding[] {
    const { ts } = this.body.file;
    const bare = unwrap(ts, value);
    const all = (parts: readonly ts.Expression[]): readonly Binding[] =>
      parts.flatMap((part) => this.shared(part));
    if (ts.isIdentifier(bare)) {
      const binding = this.localOf(bare);
      return binding ? [binding] : [];
    }
    // The results of steps are values of their own.
    if (this.isApart(bare)) return [];
    if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare))
      return this.shared(bare.expression);
    if (ts.isAwaitExpression(bare) || ts.isSpreadElement(bare)) return this.shared(bare.expression);
    if (ts.isConditionalExpression(bare)) return all([bare.whenTrue, bare.whenFalse]);
    if (ts.isBinaryExpression(bare))
      return isLogical(ts, bare) || isAssignment(ts, bare) ? all([bare.left, bare.right]) : [];
    if (ts.isArrayLiteralExpression(bare)) return all(bare.elements);
    if (ts.isObjectLiteralExpression(bare)) return bare.properties.flatMap((one) => this.sharedBy(one));
    if (ts.isNewExpression(bare)) return all(bare.arguments ?? []);
    if (!ts.isCallExpression(bare)) return [];
    const callee = unwrap(ts, bare.expression);
    if (!ts.isPropertyAccessExpression(callee)) return all(bare.arguments);
    return FORMATTERS.has(callee.name.text) || callee.name.text === 'join'
      ? []
      : [...this.shared(callee.expression), ...all(bare.arguments)];
  }

  private sharedBy(property: ts.ObjectLiteralElementLike): readonly Binding[] {
    const { ts } = this.body.file;
    if (ts.isPropertyAssignment(property)) return this.shared(property.initializer);
    if (ts.isShorthandPropertyAssignment(property)) return this.shared(property.name);
    return ts.isSpreadAssignment(property) ? this.shared(property.expression) : [];
  }
}
