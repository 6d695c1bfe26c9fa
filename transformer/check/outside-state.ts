import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import { IN_STEP, isRefusedNew, refusalOf, wordsOf } from '../body/refused-globals.ts';
import type { FileContext } from '../file/file-context.ts';
import type { ModuleState } from '../file/module-state.ts';
import { originOf } from '../file/origins.ts';
import { isAssigned, isReference, unwrap, wrapped } from '../syntax/nodes.ts';
import { holdsCollection } from '../syntax/writes.ts';

/** Values that may differ in the process that resumes a run. */
const ENVIRONMENT =
  /^(process[.#](env|argv|argv0|execArgv|cwd|pid|ppid)|(Bun|Deno)\.env|os#(hostname|homedir|tmpdir|userInfo|networkInterfaces|cpus|totalmem|availableParallelism)|navigator\.(language|languages|hardwareConcurrency))$/;

/** Globals with which `ENVIRONMENT` and the known effects begin. */
const GLOBALS = /^(process|Bun|Deno|navigator|globalThis|Atomics|Temporal|performance)$/;

/**
 * Reports what the workflow code of a durable function reads and changes outside of itself: the environment, variables of the
 * module, and the clock in ways that the runtime does not replace. Runs after the body is planned, since only then it is known
 * which code belongs to steps.
 */
export function checkOutsideState(body: Body, sites: readonly SiteNode[], state: ModuleState): void {
  return new OutsideStateCheck(body, sites, state).run();
}

class OutsideStateCheck {
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly state: ModuleState;
  private readonly file: FileContext;
  private readonly ts: TypeScript;
  private readonly reporter: Reporter;
  private readonly sourceFile: ts.SourceFile;
  private readonly steps: Set<ts.Node>;
  private readonly calls = new Set<ts.Node>();

  constructor(body: Body, sites: readonly SiteNode[], state: ModuleState) {
    this.body = body;
    this.sites = sites;
    this.state = state;
    const { file } = body;
    this.file = file;
    const { ts, reporter, sourceFile } = file;
    this.ts = ts;
    this.reporter = reporter;
    this.sourceFile = sourceFile;
    this.steps = new Set<ts.Node>(body.stepCode.flat());
  }

  run(): void {
    const { sites, ts, calls, steps, file, body, reporter } = this;
    for (const { site, node } of sites) {
      if (site.kind !== 'step') continue;
      // All other nodes are read or made inside of their steps: `await db.ready`, `await new Promise(...)`.
      if (ts.isCallExpression(node) || ts.isTaggedTemplateExpression(node)) calls.add(node);
      else steps.add(node);
    }

    file.nodes.walk(body.durable.node, (node) => {
      // As an argument it is the site of a step itself.
      if (ts.isPropertyAccessExpression(node) && this.isSignalMaker(node)) {
        reporter.report(
          'unsupported',
          node,
          '`AbortSignal.timeout` as a value',
          'Call it where the signal is needed: `AbortSignal.timeout(ms)`.',
        );
      }
      if (steps.has(node)) return false;
      if (ts.isIdentifier(node)) this.checkName(node);
      else if (ts.isNewExpression(node) && isRefusedNew(originOf(file, node.expression))) {
        const words = wordsOf('blockingEffect', undefined);
        reporter.report('blockingEffect', node, `new ${this.textOf(node.expression)}`, ...words);
      } else if (ts.isCallExpression(node) && this.formatsNow(node)) {
        reporter.report('nondeterministic', node, this.textOf(node.expression), IN_STEP);
      }
      return undefined;
    });
  }

  private checkName(name: ts.Identifier): void {
    const { ts, file, body, state, reporter } = this;
    if (!isReference(ts, name)) return;
    const binding = file.bindings.resolve(name);
    if (!binding ? GLOBALS.test(name.text) : this.isImported(binding.declaration))
      return this.checkOrigin(name);
    if (!binding || body.isLocal(binding)) return;
    const member = state.memberBehind(name);
    if (member) return this.checkMember(member.access, member.variable);
    const change = state.changeAt(name);
    if (change) return reporter.report('moduleStateChange', change, name.text);
    const first = state.firstChangeOf(name);
    if (!first || (this.isCalledByStep(name) && !holdsCollection(ts, binding.declaration))) return;
    reporter.report('moduleStateRead', name, name.text, String(file.positionOf(first).line));
  }

  /** A variable of a namespace: `counters.n`. */
  private checkMember(access: ts.PropertyAccessExpression, variable: ts.Identifier): void {
    const { ts, reporter, state, file } = this;
    if (isAssigned(ts, access))
      return reporter.report('moduleStateChange', access.parent, this.textOf(access));
    const first = state.firstChangeOf(variable);
    if (!first || this.isCalledByStep(access)) return;
    reporter.report('moduleStateRead', access, this.textOf(access), String(file.positionOf(first).line));
  }

  /** A known name, or a member of one: `process.env` in `process.env.HOME`. */
  private checkOrigin(name: ts.Identifier): void {
    const { file, ts, reporter } = this;
    for (let at: ts.Expression = name; ; at = at.parent as ts.Expression) {
      const origin = originOf(file, at);
      if (origin !== undefined && ENVIRONMENT.test(origin)) {
        const { parent } = at;
        // `process.env.HOME`, as it is written.
        const shown = ts.isPropertyAccessExpression(parent) && parent.expression === at ? parent : at;
        return reporter.report('environmentRead', shown, this.textOf(shown));
      }
      const refusal = origin === undefined ? undefined : refusalOf(origin, 'anywhere');
      if (refusal) return reporter.report(refusal, at, this.textOf(at), ...wordsOf(refusal, origin));
      const { parent } = at;
      const isMember =
        (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
        parent.expression === at;
      if (!isMember) return;
    }
  }

  /** `await client.get(...)`: a step uses the contents of the client, which are not checked here. */
  private isCalledByStep(name: ts.Expression): boolean {
    const { ts, calls } = this;
    let at: ts.Node = name;
    while (
      ts.isPropertyAccessExpression(at.parent) ||
      ts.isElementAccessExpression(at.parent) ||
      ts.isNonNullExpression(at.parent) ||
      ts.isCallExpression(at.parent) ||
      ts.isTaggedTemplateExpression(at.parent)
    ) {
      const { parent }: ts.Node = at;
      if ((ts.isTaggedTemplateExpression(parent) ? parent.tag : parent.expression) !== at) return false;
      at = parent;
      if (calls.has(at)) return true;
    }
    return false;
  }

  /** `AbortSignal.timeout` that isn't called in place. */
  private isSignalMaker(node: ts.PropertyAccessExpression): boolean {
    const { file, ts } = this;
    if (originOf(file, node) !== 'AbortSignal.timeout') return false;
    const outer = wrapped(ts, node);
    return !(ts.isCallExpression(outer.parent) && outer.parent.expression === outer);
  }

  /** `new Intl.DateTimeFormat('en').format()`: without a date it formats the machine's present time. */
  private formatsNow(call: ts.CallExpression): boolean {
    const { ts, file } = this;
    const callee = unwrap(ts, call.expression);
    if (call.arguments.length > 0 || !ts.isPropertyAccessExpression(callee)) return false;
    if (!/^format(ToParts)?$/.test(callee.name.text)) return false;
    let maker = unwrap(ts, callee.expression);
    if (ts.isIdentifier(maker)) {
      const declaration = file.bindings.resolve(maker)?.declaration;
      if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
      maker = unwrap(ts, declaration.initializer);
    }
    return (
      (ts.isNewExpression(maker) || ts.isCallExpression(maker)) &&
      originOf(file, maker.expression) === 'Intl.DateTimeFormat'
    );
  }

  private isImported(declaration: ts.Node): boolean {
    const { ts } = this;
    return (
      ts.isImportSpecifier(declaration) || ts.isImportClause(declaration) || ts.isNamespaceImport(declaration)
    );
  }

  private textOf(node: ts.Node): string {
    const { sourceFile } = this;
    return node.getText(sourceFile).replace(/\s+/g, ' ').slice(0, 60);
  }
}
