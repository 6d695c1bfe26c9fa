import type ts from 'typescript';
import type { TypeScript } from '../base/typescript.ts';
import type { Binding } from '../file/bindings.ts';
import {
  isAssigned,
  isAsync,
  isFunctionNode,
  isGenerator,
  isReference,
  unwrap,
  unwrapParent,
  walk,
} from '../syntax/nodes.ts';
import { digest, NormalForm, newHash } from '../syntax/normal-form.ts';
import type { Body } from './body.ts';
import { localFunctionOf } from './callees.ts';
import { Changes } from './changes.ts';
import type { SiteNode } from './name-sites.ts';

/** Characters of a fingerprint, of 6 bits each. */
const LENGTH = 10;

/**
 * Fingerprints of the sites of one durable function: the callee and the arguments in normal form. A local variable counts by
 * its value and not by its name. So `f(await g())` and `const x = await g(); f(x)` are alike. Calls of one function with
 * different variables differ, whatever the names of the variables.
 */
export class Fingerprints {
  private readonly body: Body;
  private readonly closures: ReadonlyMap<ts.Node, string> | undefined;
  private readonly form: NormalForm;
  /** By the outermost node of each site. */
  private readonly sites: ReadonlyMap<ts.Node, SiteNode>;
  private readonly known = new Map<ts.Node, string>();
  private readonly variables = new Map<Binding, string>();
  private readonly changes: Changes;
  /** In values of variables, others count without their changes: they may be assigned to one another. */
  private inChange = false;
  /** How many variables have the same value. */
  private readonly counts = new Map<string, number>();

  /** @param closures names of closures in a lock: they count by these, so a closure may be renamed */
  constructor(body: Body, sites: readonly SiteNode[], closures?: ReadonlyMap<ts.Node, string>) {
    this.body = body;
    this.closures = closures;
    this.form = new NormalForm(body.file.ts);
    this.sites = new Map(sites.map((site) => [unwrap(body.file.ts, site.node as ts.Expression), site]));
    this.changes = new Changes(body, this);
    this.countVariables();
  }

  of({ node, site }: SiteNode): string {
    // The list of a combinator is workflow code, whose calls are sites of their own.
    if (site.kind === 'combinator') return this.hashed([site.id.replace(/(?:#[\w.-]+)+$/, '')]);
    const bare = unwrap(this.body.file.ts, node as ts.Expression);
    return this.known.get(bare) ?? this.written(bare);
  }

  private written(node: ts.Node): string {
    // Code that contains itself (`const f = () => step(f)`) is visited again while it is being hashed.
    this.known.set(node, '...');
    const hash = newHash();
    this.form.write(node, hash, (inner) => this.replacement(inner, node));
    const print = digest(hash, LENGTH);
    this.known.set(node, print);
    return print;
  }

  /** One fingerprint of several texts. */
  hashed(parts: readonly string[]): string {
    const hash = newHash();
    for (const part of parts) hash.update(`${part}\n`);
    return digest(hash, LENGTH);
  }

  /** The text that replaces a node in the normal form of another node. */
  private replacement(node: ts.Node, root?: ts.Node): string | undefined {
    const { ts, bindings } = this.body.file;
    if (ts.isAwaitExpression(node)) return this.print(node.expression);
    const site = node === root ? undefined : this.sites.get(node);
    if (site) return outcomeOf(site);
    if (ts.isElementAccessExpression(node)) {
      const item = this.itemAt(node);
      if (item !== undefined) return item;
    }
    // Hashed like a variable with this value.
    if (root && isArgument(ts, node, root)) return this.print(node as ts.Expression);
    if (!ts.isIdentifier(node)) return undefined;
    const binding = isReference(ts, node) ? bindings.resolve(node) : declaredBy(this.body, node);
    if (!binding) return undefined;
    if (this.body.isLocal(binding)) return this.helperCode(node) ?? this.variableAt(binding, node);
    const { declaration } = binding;
    // A function has the same hash under an alias.
    return ts.isImportSpecifier(declaration)
      ? (declaration.propertyName ?? declaration.name).text
      : undefined;
  }

  /** A synchronous function of the body that makes a value: its code decides what the value is. */
  private helperCode(name: ts.Identifier): string | undefined {
    const { ts } = this.body.file;
    if (!ts.isCallExpression(name.parent) || name.parent.expression !== name) return undefined;
    const fn = localFunctionOf(this.body, name);
    if (!fn || isAsync(ts, fn) || isGenerator(fn)) return undefined;
    let isPure = true;
    walk(ts, fn, (node) => {
      if (this.sites.has(node)) isPure = false;
    });
    return isPure ? this.hashed(['helper', this.code(fn)]) : undefined;
  }

  /** The fingerprint of a value. */
  print(node: ts.Expression): string {
    const { ts } = this.body.file;
    let bare = unwrap(ts, node);
    // `await` does not change the identity of a value.
    while (ts.isAwaitExpression(bare)) bare = unwrap(ts, bare.expression);
    return this.replacement(bare) ?? this.known.get(bare) ?? this.written(bare);
  }

  /** `xs[i]` with the counter of a loop is the element of a `for (const x of xs)`. */
  private itemAt({ expression, argumentExpression }: ts.ElementAccessExpression): string | undefined {
    const { ts, bindings } = this.body.file;
    const index = unwrap(ts, argumentExpression);
    const declaration = ts.isIdentifier(index) ? bindings.resolve(index)?.declaration : undefined;
    if (!declaration || !ts.isVariableDeclaration(declaration)) return undefined;
    return ts.isForStatement(declaration.parent.parent) ? this.itemOf(expression) : undefined;
  }

  private itemOf(list: ts.Expression): string {
    return this.hashed(['of', this.print(list)]);
  }

  /** In source order, so that the numbers of two like variables don't depend on their uses. */
  private countVariables(): void {
    const { file, durable } = this.body;
    this.inChange = true;
    file.nodes.walk(durable.node, (node) => {
      if (!file.ts.isIdentifier(node)) return;
      const binding = declaredBy(this.body, node);
      if (binding) this.variable(binding);
    });
    this.inChange = false;
  }

  /** What stands for a variable of the function in place of its name. */
  variable(binding: Binding): string {
    const known = this.variables.get(binding);
    if (known !== undefined) return known;
    this.variables.set(binding, '...');
    const base = this.valueOf(binding);
    const count = this.counts.get(base) ?? 0;
    this.counts.set(base, count + 1);
    const print = count === 0 ? base : this.hashed([base, String(count)]);
    this.variables.set(binding, print);
    return print;
  }

  /** A variable that is changed counts by its changes too. */
  private variableAt(binding: Binding, use: ts.Identifier): string {
    const print = this.variable(binding);
    const changes = this.inChange ? undefined : this.changesBefore(binding, use);
    return changes === undefined ? print : this.hashed([print, changes]);
  }

  /** What a variable holds at a place, as far as changes before that place show it. */
  stateAt(binding: Binding, place: ts.Node): string {
    return `${this.variable(binding)} ${this.changesBefore(binding, place) ?? ''}`;
  }

  /** Whether changes come before a place. */
  isChangedBefore(binding: Binding, place: ts.Node): boolean {
    return this.changesBefore(binding, place) !== undefined;
  }

  /** The code of a function of the body. */
  code(fn: ts.Node): string {
    return this.known.get(fn) ?? this.written(fn);
  }

  isChanged(binding: Binding): boolean {
    const before = this.inChange;
    this.inChange = true;
    const isChanged = this.changes.has(binding);
    this.inChange = before;
    return isChanged;
  }

  private changesBefore(binding: Binding, use: ts.Node): string | undefined {
    this.inChange = true;
    const print = this.changes.before(binding, use);
    this.inChange = false;
    return print;
  }

  /** The value of a variable. */
  private valueOf({ declaration, name }: Binding): string {
    const { ts } = this.body.file;
    if (ts.isVariableDeclaration(declaration)) {
      if (ts.isIdentifier(declaration.name)) return this.declared(declaration, this.source(declaration));
      return this.hashed(['pattern', this.source(declaration)]);
    }
    if (ts.isBindingElement(declaration)) return this.element(declaration);
    if (ts.isParameter(declaration)) return this.parameter(declaration);
    // The names of functions and classes are part of the ids of scopes.
    return this.hashed([
      ts.isCatchClause(declaration) ? 'catch' : `local ${this.closures?.get(declaration) ?? name}`,
    ]);
  }

  /** A variable that is assigned later is not identified by its first value. */
  private declared(declaration: ts.VariableDeclaration, source: string): string {
    const { ts, nodes } = this.body.file;
    if (!ts.isIdentifier(declaration.name)) return source;
    const isChanged = nodes.usesOf(declaration.name).some((use) => isAssigned(ts, use));
    return isChanged ? this.hashed(['changed', source]) : source;
  }

  private source(declaration: ts.VariableDeclaration): string {
    const { ts } = this.body.file;
    const statement = declaration.parent.parent;
    if (ts.isForOfStatement(statement)) return this.itemOf(statement.expression);
    if (ts.isForInStatement(statement)) return this.hashed(['in', this.print(statement.expression)]);
    const { initializer } = declaration;
    if (!initializer) return this.hashed(['nothing']);
    const value = unwrap(ts, initializer);
    // The name of a closure is part of the ids of its scopes. Its code is not part of the calls that receive it.
    if ((isFunctionNode(ts, value) || ts.isClassLike(value)) && ts.isIdentifier(declaration.name))
      return this.hashed([`local ${this.closures?.get(value) ?? declaration.name.text}`]);
    return this.print(initializer);
  }

  private element(element: ts.BindingElement): string {
    const { ts, sourceFile } = this.body.file;
    const pattern = element.parent;
    const owner = pattern.parent;
    const whole = ts.isBindingElement(owner)
      ? this.element(owner)
      : ts.isParameter(owner)
        ? this.parameter(owner)
        : this.source(owner);
    const key = ts.isArrayBindingPattern(pattern)
      ? String(pattern.elements.indexOf(element))
      : (element.propertyName ?? element.name).getText(sourceFile).replace(/^['"]|['"]$/g, '');
    const parts = [whole, element.dotDotDotToken ? `...${key}` : `.${key}`];
    if (element.initializer) parts.push(this.print(element.initializer));
    return this.hashed(parts);
  }

  /** A parameter of a closure is identified by the call that receives the closure, also where that has a name. */
  private parameter(parameter: ts.ParameterDeclaration): string {
    const { ts } = this.body.file;
    const fn = parameter.parent as ts.SignatureDeclaration;
    const preset = parameter.initializer ? ` = ${this.print(parameter.initializer)}` : '';
    const index = `parameter ${fn.parameters.indexOf(parameter)}${preset}`;
    if (fn === this.body.durable.node) return this.hashed([index]);
    const holder = unwrapParent(ts, fn);
    const bound = ts.isVariableDeclaration(holder) && ts.isIdentifier(holder.name) ? holder.name : undefined;
    const own = fn.name && ts.isIdentifier(fn.name) ? fn.name : bound;
    const receiver =
      ts.isCallExpression(holder) || ts.isNewExpression(holder) ? holder : own && this.onlyReceiver(own, fn);
    if (receiver) return this.hashed([index, this.callee(receiver.expression)]);
    return this.hashed([index, this.closures?.get(fn) ?? own?.text ?? '']);
  }

  /** The call that a closure is handed to, if that is all that is done with it. */
  private onlyReceiver(name: ts.Identifier, closure: ts.Node): ts.CallExpression | undefined {
    const { ts, nodes } = this.body.file;
    const [use, other] = nodes.usesOf(name).filter((one) => one !== name);
    const holder = use && !other ? unwrapParent(ts, use) : undefined;
    if (!use || !holder || !ts.isCallExpression(holder) || holder.expression === use) return undefined;
    const isInside = use.pos >= closure.pos && use.end <= closure.end;
    return isInside ? undefined : holder;
  }

  /** A list that is written out counts like the variable that may hold it. */
  private callee(expression: ts.Expression): string {
    const { ts } = this.body.file;
    const bare = unwrap(ts, expression);
    const list = ts.isPropertyAccessExpression(bare) ? unwrap(ts, bare.expression) : bare;
    if (!ts.isArrayLiteralExpression(list)) return this.print(bare);
    const hash = newHash();
    this.form.write(bare, hash, (node) => (node === list ? this.print(list) : this.replacement(node, bare)));
    return digest(hash, LENGTH);
  }
}

/**
 * The result of a site, for the sites that use it. It counts by its name, so a changed call does not change the fingerprints of
 * calls that receive its result. `Promise.all` and `Promise.allSettled` are alike.
 */
const outcomeOf = ({ site }: SiteNode): string =>
  site.kind === 'combinator' ? 'combinator' : `site ${site.id}`;

function isArgument(typescript: TypeScript, node: ts.Node, call: ts.Node): boolean {
  if (!typescript.isCallExpression(call) || typescript.isIdentifier(node)) return false;
  return call.arguments.some((argument) => unwrap(typescript, argument) === node);
}

/** The binding that a name declares; undefined if it declares none. */
function declaredBy({ file }: Body, name: ts.Identifier): Binding | undefined {
  const { ts, bindings } = file;
  const { parent } = name;
  const declares =
    (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) &&
    parent.name === name;
  return declares ? bindings.resolve(name) : undefined;
}
