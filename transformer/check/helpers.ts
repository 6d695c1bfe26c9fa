import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import { functionOf, localFunctionOf } from '../body/callees.ts';
import { givenTo, type HelperRead, type HelperReads } from '../body/helper-reads.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { UnawaitedCall } from '../body/unawaited-calls.ts';
import type { FileContext } from '../file/file-context.ts';
import { isKnownRead, knownReadOf } from '../file/known-packages.ts';
import { originOf } from '../file/origins.ts';
import { HELPERS } from '../syntax/method-names.ts';
import { isAsync, isReference, unwrap, unwrapParent, wrapped } from '../syntax/nodes.ts';

/** A call or a `new` in workflow code whose value is used. */
export type HelperCall = ts.CallExpression | ts.NewExpression;

/**
 * Reports helpers that workflow code calls without `await` and that return another value on each replay: functions of well-
 * known packages, and functions of the file that read the clock or chance. Returns the calls that only types can decide.
 */
export function checkHelpers(
  body: Body,
  sites: readonly SiteNode[],
  unawaited: readonly UnawaitedCall[],
  reads: HelperReads,
): HelperCall[] {
  return new HelperCheck(body, sites, unawaited, reads).run();
}

class HelperCheck {
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly reads: HelperReads;
  private readonly file: FileContext;
  private readonly ts: TypeScript;
  private readonly reporter: Reporter;
  private readonly sourceFile: ts.SourceFile;
  private readonly stepCode: Set<ts.Node>;
  private readonly started: Set<ts.Node>;
  private readonly steps = new Set<ts.Node>();
  private readonly unclear: HelperCall[] = [];

  constructor(
    body: Body,
    sites: readonly SiteNode[],
    unawaited: readonly UnawaitedCall[],
    reads: HelperReads,
  ) {
    this.body = body;
    this.sites = sites;
    this.reads = reads;
    const { file } = body;
    this.file = file;
    const { ts, reporter, sourceFile } = file;
    this.ts = ts;
    this.reporter = reporter;
    this.sourceFile = sourceFile;
    this.stepCode = new Set<ts.Node>(body.stepCode.flat());
    this.started = new Set<ts.Node>(
      unawaited.flatMap(({ call, started: used, possible }) => (used && !possible ? [call] : [])),
    );
  }

  run(): HelperCall[] {
    const { sites, started, steps, file, body, stepCode, ts } = this;
    for (const { site, node } of sites) if (site.kind === 'step' && !started.has(node)) steps.add(node);

    file.nodes.walk(body.durable.node, (node) => {
      if (stepCode.has(node)) return false;
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        if (!steps.has(node)) this.checkCall(node);
      } else if (ts.isIdentifier(node) && isReference(ts, node)) this.checkValue(node);
      return undefined;
    });
    return this.unclear;
  }

  private checkCall(call: HelperCall): void {
    const { ts, file, reporter, body, reads, started } = this;
    const callee = unwrap(ts, call.expression);
    if (this.isHead(call)) return;
    const origin = originOf(file, callee);
    const instead = knownReadOf(ts, call, origin);
    if (instead !== undefined) {
      if (this.isPrinted(call)) return;
      const made = ts.isNewExpression(call) ? 'new ' : '';
      return reporter.report('nondeterministic', call, made + this.textOf(callee), instead);
    }
    // A dropped value has no effect, and the result of the run is recorded.
    if (this.isDropped(call) || localFunctionOf(body, callee)) return;
    const fn = ts.isIdentifier(callee) ? functionOf(file, file.bindings.resolve(callee)) : undefined;
    if (fn && isAsync(ts, fn)) return;
    const read = reads.behind(file, callee, givenTo(call), body.durable.node);
    // A promise is a step, whose outcome is recorded.
    const isSure = !started.has(call) || reads.givesNoPromise(file, callee);
    // Checked last: a long sum is as deep as it is long, and most calls have nothing to report.
    if (read && this.isPrinted(call)) return;
    if (read && isSure) return reportHelper(body, callee, read);
    if (read || origin === undefined || !/^[A-Z]\w*(\.\w+)?$/.test(origin)) this.unclear.push(call);
  }

  /** A function as a value: `xs.map(nanoid)`. */
  private checkValue(name: ts.Identifier): void {
    const { ts, steps, file, reporter, reads, body } = this;
    let at: ts.Expression = name;
    while (ts.isPropertyAccessExpression(at.parent) && at.parent.expression === at) at = at.parent;
    const outer = wrapped(ts, at);
    const { parent } = outer;
    const isCallee =
      (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === outer;
    if (isCallee) return;
    const isGiven = ts.isCallExpression(parent) && parent.arguments.includes(outer);
    // The step calls the functions that it receives.
    if (isGiven && steps.has(parent)) return;
    const origin = originOf(file, at);
    if (origin !== undefined && isKnownRead(origin) && !this.isPrinted(at))
      return reporter.report(
        'nondeterministic',
        at,
        this.textOf(at),
        'Call it in a step: `await step(() => ...)`.',
      );
    if (!isGiven || !this.isHelper(parent)) return;
    const read = reads.behind(file, at, 1, body.durable.node);
    if (read) reportHelper(body, at, read);
  }

  /** `xs.map(f)`, which calls `f`. */
  private isHelper(call: ts.CallExpression): boolean {
    const { ts } = this;
    const callee = unwrap(ts, call.expression);
    return ts.isPropertyAccessExpression(callee) && HELPERS.has(callee.name.text);
  }

  /** `await db().query(...)`: the value is used only in the step. */
  private isHead(call: HelperCall): boolean {
    const { ts, steps } = this;
    let at: ts.Node = call;
    while (
      (ts.isPropertyAccessExpression(at.parent) ||
        ts.isElementAccessExpression(at.parent) ||
        ts.isNonNullExpression(at.parent) ||
        ts.isParenthesizedExpression(at.parent) ||
        ts.isCallExpression(at.parent)) &&
      at.parent.expression === at
    ) {
      at = at.parent;
      if (steps.has(at)) return true;
    }
    return false;
  }

  private isDropped(call: ts.Expression): boolean {
    const { ts } = this;
    const parent = unwrapParent(ts, call);
    return ts.isExpressionStatement(parent) || ts.isVoidExpression(parent) || ts.isReturnStatement(parent);
  }

  /** An argument of `console.log`, which prints once. */
  private isPrinted(node: ts.Node): boolean {
    const { body, ts, file } = this;
    for (let at = node; at !== body.durable.node && !ts.isStatement(at); at = at.parent) {
      const { parent } = at;
      if (!ts.isCallExpression(parent) || parent.expression === at) continue;
      if (/^console\.\w+$/.test(originOf(file, parent.expression) ?? '')) return true;
    }
    return false;
  }

  private textOf(node: ts.Node): string {
    const { sourceFile } = this;
    return node.getText(sourceFile).replace(/\s+/g, ' ').slice(0, 60);
  }
}

/** Reports a call of a helper, with the place at which the helper reads the clock or chance. */
export function reportHelper(
  { file: { reporter, sourceFile } }: Pick<Body, 'file'>,
  callee: ts.Node,
  { node, what }: HelperRead,
  to = reporter,
): void {
  const there = node.getSourceFile();
  const line = there.getLineAndCharacterOfPosition(node.getStart(there)).line + 1;
  const place =
    there === sourceFile ? `line ${line}` : `${there.fileName.replace(/^.*\//, '')}, line ${line}`;
  const name = callee.getText(sourceFile).replace(/\s+/g, ' ').slice(0, 60);
  to.report('helperReads', callee, name, what.slice(0, 40), place);
}
