import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import type { Body } from '../body/body.ts';
import type { SiteNode } from '../body/name-sites.ts';
import type { Bindings } from '../file/bindings.ts';
import { originOf } from '../file/origins.ts';
import { contains, isFunctionNode, unwrap, walk } from '../syntax/nodes.ts';

/**
 * Reports waits for a signal in a race that is repeated, or before another wait for the same signal: the wait that loses the
 * race stays pending, and takes the signal that is meant for the next one.
 */
export function checkAbandonedWaits(body: Body, sites: readonly SiteNode[]): void {
  return new AbandonedWaitCheck(body, sites).run();
}

class AbandonedWaitCheck {
  private readonly body: Body;
  private readonly sites: readonly SiteNode[];
  private readonly ts: TypeScript;
  private readonly bindings: Bindings;
  private readonly reporter: Reporter;
  private readonly sourceFile: ts.SourceFile;

  constructor(body: Body, sites: readonly SiteNode[]) {
    this.body = body;
    this.sites = sites;
    const { ts, bindings, reporter, sourceFile } = body.file;
    this.ts = ts;
    this.bindings = bindings;
    this.reporter = reporter;
    this.sourceFile = sourceFile;
  }

  run(): void {
    const { sites, ts, body, sourceFile, reporter } = this;
    const waits = sites.flatMap(({ node }) => (this.isWait(node) ? [node] : []));
    if (waits.length === 0) return;
    for (const { node } of sites) {
      if (!ts.isCallExpression(node)) continue;
      if (!/^Promise\.(race|any)$/.test(originOf(body.file, node.expression) ?? '')) continue;
      for (const wait of this.waitsIn(node)) {
        if (this.isCalledOff(wait)) continue;
        const loop = this.loopAround(node);
        const again = loop
          ? contains(loop, wait)
          : waits.some(
              (other) =>
                other.pos >= node.end && this.nameOf(other) === this.nameOf(wait) && this.isNext(node, other),
            );
        if (again) {
          const text = wait.getText(sourceFile).replace(/\s+/g, ' ').slice(0, 60);
          const [name] = wait.arguments;
          reporter.report(
            'abandonedWait',
            wait,
            text,
            name ? name.getText(sourceFile).slice(0, 60) : "'...'",
          );
        }
      }
    }
  }

  /** `waitFor(...)`, or `.next()` of `signals(...)`. */
  private isWait(node: ts.Node): node is ts.CallExpression {
    const { ts, body } = this;
    if (!ts.isCallExpression(node)) return false;
    if (originOf(body.file, node.expression) === 'use-durable#waitFor') return true;
    const callee = unwrap(ts, node.expression);
    if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'next') return false;
    const made = this.initializerOf(callee.expression);
    return (
      made !== undefined &&
      ts.isCallExpression(made) &&
      originOf(body.file, made.expression) === 'use-durable#signals'
    );
  }

  /** In the list itself, or in variables that are elements of it. */
  private waitsIn(race: ts.CallExpression): readonly ts.CallExpression[] {
    const { ts } = this;
    const found: ts.CallExpression[] = [];
    for (const argument of race.arguments)
      walk(ts, argument, (node) => {
        const made = ts.isIdentifier(node) ? this.initializerOf(node) : undefined;
        for (const one of [node, made]) if (one && this.isWait(one)) found.push(one);
      });
    return found;
  }

  private initializerOf(node: ts.Expression): ts.Expression | undefined {
    const { ts, bindings } = this;
    const name = unwrap(ts, node);
    const declaration = ts.isIdentifier(name) ? bindings.resolve(name)?.declaration : undefined;
    return declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(ts, declaration.initializer)
      : undefined;
  }

  /** With options that may contain an abort signal. */
  private isCalledOff({ arguments: [, options] }: ts.CallExpression): boolean {
    const { ts, sourceFile } = this;
    const given = options && unwrap(ts, options);
    if (!given) return false;
    if (!ts.isObjectLiteralExpression(given)) return true;
    return given.properties.some(
      (property) => ts.isSpreadAssignment(property) || property.name?.getText(sourceFile) === 'signal',
    );
  }

  private loopAround(node: ts.Node): ts.Node | undefined {
    const { body, ts } = this;
    for (let at = node; at !== body.durable.node && !isFunctionNode(ts, at); at = at.parent)
      if (ts.isIterationStatement(at, false)) return at;
    return undefined;
  }

  /** Not in the other branch of the same condition. */
  private isNext(race: ts.Node, other: ts.Node): boolean {
    const { ts } = this;
    let at: ts.Node = race;
    while (!contains(at, other)) at = at.parent;
    return !ts.isIfStatement(at) && !ts.isConditionalExpression(at) && !ts.isCaseBlock(at);
  }

  private nameOf(wait: ts.CallExpression): string {
    const { ts, sourceFile } = this;
    const made = ts.isPropertyAccessExpression(wait.expression)
      ? this.initializerOf(wait.expression.expression)
      : undefined;
    const call = made && ts.isCallExpression(made) ? made : wait;
    return call.arguments[0]?.getText(sourceFile) ?? '';
  }
}
