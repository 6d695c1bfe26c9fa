import type ts from 'typescript';
import type { Binding } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { contains, functionAround, unwrap, unwrapParent } from '../syntax/nodes.ts';
import type { Body } from './body.ts';
import { builtinHolderOf, builtinReadOf } from './builtins.ts';
import { localFunctionOf } from './callees.ts';
import type { ConstructPaths } from './construct-paths.ts';
import type { Fingerprints } from './fingerprints.ts';
import { classNamed } from './own-classes.ts';

/** What reads the clock. The others draw from one of two sequences. */
const CLOCKS: ReadonlySet<string> = new Set(['now', 'performanceNow', 'date']);

/** A read of time or chance, or the call of a function of the body that reads. */
interface Read {
  readonly node: ts.Node;
  /** Reads of one sequence shift each other. */
  readonly sequence: string | undefined;
  readonly isClock: boolean;
}

/** Values of variables, wherever they come from. */
export type Sources = ReadonlyMap<Binding, readonly { readonly from: ts.Expression }[]>;

/**
 * The reads of time and chance that a call depends on. Random values are numbered in the order in which they are drawn, and the
 * clock has the time of the last event. So where a draw is inserted, removed or moved, or a read of the clock passes a step, the
 * function holds other values than those that a recorded call was given.
 */
export class Draws {
  private readonly body: Body;
  private readonly prints: Fingerprints;
  private readonly paths: ConstructPaths;
  private readonly sources: () => Sources;
  private readonly sites: readonly ts.Node[];
  private readonly stops: ReadonlySet<ts.Node>;
  private readonly reads: readonly Read[];
  /** Functions of the body that read, and whose calls count as reads: each call has a sequence of its own. */
  private readonly readers = new Set<ts.Node>();
  private readonly called = new Set<ts.Node>();

  constructor(
    body: Body,
    prints: Fingerprints,
    paths: ConstructPaths,
    sites: readonly ts.Node[],
    sources: () => Sources,
  ) {
    this.body = body;
    this.prints = prints;
    this.paths = paths;
    this.sources = sources;
    this.sites = sites;
    this.stops = new Set(sites.map((site) => unwrap(body.file.ts, site as ts.Expression)));
    this.reads = this.allReads();
  }

  /** What a site depends on; nothing for most. */
  of(site: ts.Node): { readonly draws?: string; readonly clocks?: readonly number[] } {
    if (this.reads.length === 0) return {};
    const found = this.dependencies(site);
    const drawn = found.filter(({ sequence }) => sequence !== undefined);
    const clocks = found.filter(({ isClock }) => isClock).map(({ node }) => this.placeOf(node));
    return {
      ...(drawn.length > 0 && { draws: this.prints.hashed(drawn.map((read) => this.position(read))) }),
      ...(clocks.length > 0 && { clocks: [...new Set(clocks)] }),
    };
  }

  private dependencies(site: ts.Node): readonly Read[] {
    const { body, stops } = this;
    const { ts, bindings } = body.file;
    const byNode = new Map(this.reads.map((read) => [read.node, read]));
    const found = new Set<Read>();
    const seen = new Set<ts.Node>();
    const stack: ts.Node[] = [site];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      // The outcome of another step is recorded.
      if (node !== site && stops.has(node) && node !== unwrap(ts, site as ts.Expression)) continue;
      const read = byNode.get(node);
      if (read) found.add(read);
      const binding = ts.isIdentifier(node) ? bindings.resolve(node) : undefined;
      if (binding && body.isLocal(binding)) {
        for (const { from } of this.sources().get(binding) ?? []) stack.push(from);
        // A call of such a function is a read by itself.
        if (ts.isFunctionDeclaration(binding.declaration)) stack.push(binding.declaration);
      }
      if (!this.called.has(node) || contains(node, site))
        ts.forEachChild(node, (child) => void stack.push(child));
    }
    return [...found].sort((one, other) => one.node.pos - other.node.pos);
  }

  /** All reads before one, and those that come again with it in a loop. */
  private position({ node, sequence }: Read): string {
    const { ts } = this.body.file;
    const around = functionAround(ts, node);
    const loop = outermostLoop(ts, node, around);
    const before = this.reads.filter(
      (read) =>
        read.sequence === sequence &&
        read.node !== node &&
        (read.node.pos < node.pos || (loop !== undefined && contains(loop, read.node))) &&
        (sequence?.startsWith('call') || functionAround(ts, read.node) === around),
    );
    const shown = ({ node: one }: Read): string => `${this.paths.of(one)} ${this.lengthOf(one)}`;
    return [
      sequence?.replace(/ .*/, ''),
      this.lengthOf(node),
      this.listAround(around),
      ...before.map(shown),
    ].join(';');
  }

  /** What a closure is called for, in `xs.map(() => crypto.randomUUID())`. */
  private listAround(closure: ts.Node | undefined): string {
    const { ts } = this.body.file;
    const call = closure && unwrapParent(ts, closure);
    if (!call || !ts.isCallExpression(call) || unwrap(ts, call.expression) === closure) return '';
    const others = call.arguments.filter((argument) => unwrap(ts, argument) !== closure);
    const callee = unwrap(ts, call.expression);
    const lists = ts.isPropertyAccessExpression(callee) ? [callee.expression, ...others] : others;
    return this.prints.hashed(lists.map((list) => this.prints.print(list)));
  }

  /** Longer arrays of random bytes take more of the sequence. */
  private lengthOf(node: ts.Node): string {
    const { ts, sourceFile } = this.body.file;
    const text = ts.isCallExpression(node) ? node.expression.getText(sourceFile) : '';
    return /getRandomValues$/.test(text) ? this.prints.print(node as ts.Expression) : '';
  }

  /** How many sites are before a node in the source. */
  private placeOf(node: ts.Node): number {
    return this.sites.filter(({ pos }) => pos < node.pos).length;
  }

  private allReads(): readonly Read[] {
    const { body } = this;
    const { file } = body;
    const { ts } = file;
    const direct: Read[] = [];
    file.nodes.walk(body.durable.node, (node) => {
      const name = this.readOf(node);
      if (name !== undefined) direct.push({ node, sequence: sequenceOf(name), isClock: CLOCKS.has(name) });
    });
    if (direct.length === 0) return direct;
    const calls: Read[] = [];
    for (let known = -1; known !== this.readers.size; ) {
      known = this.readers.size;
      for (const { node } of [...direct, ...calls]) {
        const around = functionAround(ts, node);
        if (around && around !== body.durable.node) this.readers.add(around);
      }
      calls.length = 0;
      file.nodes.walk(body.durable.node, (node) => {
        const target = this.targetOf(node);
        if (target) {
          const inside = direct.filter((read) => contains(target, read.node));
          const draws = inside.length === 0 || inside.some(({ sequence }) => sequence !== undefined);
          const isClock = inside.length === 0 || inside.some((read) => read.isClock);
          calls.push({ node, sequence: draws ? `call ${target.pos}` : undefined, isClock });
          this.called.add(target);
        } else if (ts.isNewExpression(node)) calls.push(...this.ofFields(node, direct));
      });
    }
    return [...direct, ...calls];
  }

  /** The function that reads behind a call. */
  private targetOf(node: ts.Node): ts.Node | undefined {
    const { ts, sourceFile } = this.body.file;
    if (!ts.isCallExpression(node)) return undefined;
    const own = localFunctionOf(this.body, node.expression);
    if (own) return this.readers.has(own) ? own : undefined;
    // A method, by its name: which object it belongs to isn't known.
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee)) return undefined;
    const { text } = callee.name;
    return [...this.readers].find((fn) => ts.isMethodDeclaration(fn) && fn.name.getText(sourceFile) === text);
  }

  /** `new Order()` reads what the fields of its class read, in the function around the class. */
  private ofFields(made: ts.NewExpression, direct: readonly Read[]): readonly Read[] {
    const { ts } = this.body.file;
    const fields = classNamed(this.body, made.expression)?.members.filter(ts.isPropertyDeclaration) ?? [];
    const [first] = direct.filter(({ node }) => fields.some((field) => contains(field, node)));
    return first ? [{ ...first, node: made }] : [];
  }

  /** The runtime's name of what a call reads. */
  private readOf(node: ts.Node): string | undefined {
    const { file } = this.body;
    const { ts } = file;
    if (ts.isNewExpression(node)) {
      const isNow = originOf(file, node.expression) === 'Date' && (node.arguments?.length ?? 0) === 0;
      return isNow ? 'date' : undefined;
    }
    if (!ts.isCallExpression(node)) return undefined;
    if (originOf(file, node.expression) === 'Date') return 'date';
    return builtinReadOf(file, node.expression) ?? this.aliasOf(unwrap(ts, node.expression));
  }

  /** `const { randomUUID } = crypto`, `const draw = Math.random` */
  private aliasOf(callee: ts.Expression): string | undefined {
    const { file } = this.body;
    const { ts } = file;
    const binding = ts.isIdentifier(callee) ? file.bindings.resolve(callee) : undefined;
    if (!binding || !this.body.isLocal(binding)) return undefined;
    const { declaration } = binding;
    if (ts.isVariableDeclaration(declaration))
      return declaration.initializer && builtinReadOf(file, declaration.initializer);
    if (!ts.isBindingElement(declaration)) return undefined;
    const owner = declaration.parent.parent;
    const value =
      ts.isVariableDeclaration(owner) && owner.initializer ? unwrap(ts, owner.initializer) : undefined;
    if (!value || !ts.isIdentifier(value) || builtinHolderOf(file, value) === undefined) return undefined;
    const name = (declaration.propertyName ?? declaration.name).getText(file.sourceFile);
    return NAMES.has(name) ? name : undefined;
  }
}

const NAMES: ReadonlySet<string> = new Set(['random', 'randomUUID', 'getRandomValues', 'now']);

const sequenceOf = (name: string): string | undefined =>
  CLOCKS.has(name) ? undefined : name === 'random' ? 'numbers' : 'bytes';

/** The outermost loop around a node in its function. */
function outermostLoop(
  typescript: typeof ts,
  node: ts.Node,
  around: ts.Node | undefined,
): ts.Node | undefined {
  let loop: ts.Node | undefined;
  for (let at = node.parent; at && at !== around; at = at.parent)
    if (typescript.isIterationStatement(at, false)) loop = at;
  return loop;
}
