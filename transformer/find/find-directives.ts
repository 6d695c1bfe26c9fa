import type ts from 'typescript';
import { functionKey } from '../base/plan.ts';
import type { Reporter } from '../base/reporter.ts';
import type { TypeScript } from '../base/typescript.ts';
import { moduleKindOf } from '../file/commonjs.ts';
import { CompiledCode } from '../file/compiled-code.ts';
import { type Directive, directiveOf, looksLikeDirective, parseDirective } from '../file/directive-text.ts';
import { earlierTool } from '../file/earlier-tools.ts';
import type { FileContext } from '../file/file-context.ts';
import { functionKinds } from '../file/node-index.ts';
import { type FunctionNode, functionAround, isAsync, isGenerator, unwrap } from '../syntax/nodes.ts';
import { exportedFunctions } from './exported-functions.ts';
import { type FunctionPlace, placeOf, usesThis } from './place-function.ts';
import { type ClassRegistration, registrationOf } from './registered-classes.ts';

/**
 * Pass 1. Finds the durable functions of a file and their ids. Reports directives that are misspelt, or that have no effect
 * where they are.
 */

/** A durable function in the source. */
export interface DurableFunction extends FunctionPlace, ClassRegistration {
  readonly node: FunctionNode;
  /** Identifies the function in the store. */
  readonly id: string;
  /** The number of its version, where the source says one: others may have the same id. */
  readonly number: number | undefined;
}

/** A function whose directive may name another function of the file. */
interface Candidate extends Omit<DurableFunction, 'id'> {
  readonly id: string | undefined;
  /** The name of the function that it is a version of. */
  readonly of: string | undefined;
  readonly at: ts.Node;
}

export interface Directives {
  /** In source order. */
  readonly durable: readonly DurableFunction[];
  /** Functions that were meant to be durable, but can't be in their form. */
  readonly refused: readonly FunctionNode[];
  /** The functions of the file that are compiled already. */
  readonly compiled: CompiledCode;
}

const UNREGISTERED: ClassRegistration = { knownAs: undefined };

/** A name, or a whole id that the compiler made, for a file that was renamed later. */
const ID = /^(?:[^\s'"`\\#][^'"`\\#]*#)?([\p{ID_Start}$_][\p{ID_Continue}$.-]*)$/u;

export function findDirectives(file: FileContext): Directives {
  return new DirectiveSearch(file).run();
}

class DirectiveSearch {
  private readonly file: FileContext;
  private readonly ts: TypeScript;
  private readonly sourceFile: ts.SourceFile;
  private readonly reporter: Reporter;
  private readonly found: Candidate[] = [];
  private readonly refused = new Set<FunctionNode>();
  private readonly seen = new Set<ts.Node>();
  private readonly compiled: CompiledCode;

  constructor(file: FileContext) {
    this.file = file;
    const { ts, sourceFile, reporter } = file;
    this.ts = ts;
    this.sourceFile = sourceFile;
    this.reporter = reporter;
    this.compiled = new CompiledCode(file);
  }

  run(): Directives {
    const { file, compiled, refused } = this;
    const tool = earlierTool(file, compiled);
    if (tool) {
      this.reporter.report('compiledBefore', tool.at, tool.trace);
      const functions = tool.functions.length > 0 ? tool.functions : this.exportedByFile();
      return { durable: [], refused: functions, compiled };
    }
    this.addWholeFile();
    this.addMarked();
    this.reportMisplaced();
    const durable = this.withoutDuplicates().sort((a, b) => a.node.pos - b.node.pos);
    return { durable, refused: [...refused], compiled };
  }

  /** The functions to which a directive at the top of the file applies. */
  private addWholeFile(): void {
    const { file, sourceFile, seen, compiled, reporter } = this;
    const whole = directiveOf(file, sourceFile.statements);
    if (!whole) return;
    seen.add(whole.statement);
    if (!compiled.isEmpty) return;
    if (whole.id !== undefined) reporter.report('badId', whole.statement, whole.id);
    if (whole.version !== undefined)
      reporter.report('badVersion', whole.statement, whole.version, 'the directive is for the whole file');
    const exported = this.exportedByFile();
    for (const node of exported) {
      const { body } = node;
      // What a directive of its own says is more exact.
      const own = body && this.ts.isBlock(body) ? directiveOf(file, body.statements) : undefined;
      if (!own) this.add(node, PLAIN, node);
    }
    if (exported.length === 0 && moduleKindOf(file) !== undefined) {
      reporter.report('directiveMisplaced', whole.statement, 'the file exports no async function by a name');
    }
  }

  /** The functions that have a directive of their own. */
  private addMarked(): void {
    const { file, ts, seen, compiled } = this;
    const listed = new Set(this.found.map(({ node }) => node));
    const functions = functionKinds(ts).flatMap((kind) => file.nodes.ofKind<FunctionNode>(kind));
    for (const node of functions.sort((one, other) => one.pos - other.pos)) {
      const directive = node.body && ts.isBlock(node.body) && directiveOf(file, node.body.statements);
      if (!directive) continue;
      seen.add(directive.statement);
      if (compiled.has(node)) continue;
      if (!listed.has(node)) this.add(node, directive, directive.statement);
    }
  }

  /** Statements that look like a directive and have no effect. */
  private reportMisplaced(): void {
    const { file, ts, seen, compiled, refused } = this;
    for (const node of file.nodes.ofKind<ts.ExpressionStatement>(ts.SyntaxKind.ExpressionStatement)) {
      const around = functionAround(ts, node);
      // In files that other tools have compiled, directives may be anywhere.
      if (seen.has(node) || (around ? compiled.has(around) : !compiled.isEmpty)) continue;
      if (!this.reportStatement(node)) continue;
      // The function that it was most likely written for.
      for (const meant of around ? [around] : this.exportedByFile()) refused.add(meant);
    }
  }

  /** Returns whether it has reported something. */
  private reportStatement(node: ts.ExpressionStatement): boolean {
    const { ts, reporter } = this;
    const literal = firstOf(ts, node.expression);
    if (!ts.isStringLiteralLike(literal)) return false;
    const { text } = literal;
    const isDirective = parseDirective(text) !== undefined;
    if (literal !== unwrap(ts, node.expression)) {
      // `'use durable'`, and a next line that begins with a parenthesis or bracket.
      if (!isDirective) return false;
      reporter.report(
        'directiveMisplaced',
        literal,
        'no semicolon ends it, and the statement goes on behind it',
      );
    } else if (isDirective)
      reporter.report('directiveMisplaced', node, 'it is not the first statement of a function');
    else if (looksLikeDirective(text)) reporter.report('directiveMisspelt', node, text);
    else return false;
    return true;
  }

  /** The first of all functions with the same id. */
  private withoutDuplicates(): DurableFunction[] {
    const { file, reporter, refused } = this;
    const byKey = new Map<string, DurableFunction>();
    for (const durable of this.identified()) {
      const key = functionKey(durable);
      const other = byKey.get(key);
      if (!other) {
        byKey.set(key, durable);
        refused.delete(durable.node);
        continue;
      }
      const line = String(file.positionOf(other.node).line);
      const shown = durable.id === idOf(file, durable) ? durable.path : durable.id;
      const at = nameNode(durable.node);
      if (durable.number === undefined) reporter.report('duplicateId', at, shown, line);
      else reporter.report('duplicateVersion', at, String(durable.number), shown, line);
      refused.add(durable.node);
    }
    return [...byKey.values()];
  }

  /** The functions with their ids. A version of another one has the id of that. */
  private identified(): DurableFunction[] {
    const { file, found, refused, reporter } = this;
    const named = new Map(found.filter(({ of }) => of === undefined).map((one) => [one.path, one]));
    return found.flatMap(({ of, at, ...durable }) => {
      const newest = of === undefined ? durable : named.get(of);
      if (newest) return { ...durable, id: newest.id ?? idOf(file, newest) };
      reporter.report('versionOfUnknown', at, of ?? '');
      refused.add(durable.node);
      return [];
    });
  }

  private exportedByFile(): FunctionNode[] {
    const { file, ts } = this;
    return exportedFunctions(file).filter((node) => isAsync(ts, node) && !isGenerator(node));
  }

  private add(node: FunctionNode, directive: Directive, at: ts.Node): void {
    const { found, refused } = this;
    const before = found.length;
    this.tryToAdd(node, directive, at);
    if (found.length === before) refused.add(node);
  }

  private tryToAdd(node: FunctionNode, directive: Directive, at: ts.Node): void {
    const { reporter, ts, file, found } = this;
    const { id, version, rest } = directive;
    if (id !== undefined && !ID.test(id)) return reporter.report('badId', at, id);
    const wrong = faultOfVersion(directive);
    if (wrong !== undefined) return reporter.report('badVersion', at, shownVersion(directive), wrong);
    if (isGenerator(node)) return reporter.report('generator', at);
    if (ts.isConstructorDeclaration(node) || ts.isAccessor(node)) {
      return reporter.report('directiveMisplaced', at, 'a constructor or accessor cannot be durable');
    }
    if (!isAsync(ts, node)) return reporter.report('notAsync', at);
    if (functionAround(ts, node)) {
      return reporter.report(
        'directiveMisplaced',
        at,
        'the function is inside another function, so it cannot be found after a restart',
      );
    }
    if (moduleKindOf(file) === undefined) return reporter.report('notAModule', at);
    const place = placeOf(file, node);
    if ('refused' in place) return reporter.report(place.refused, at, ...place.words);
    const registration = place.ofInstances ? registrationOf(file, place) : UNREGISTERED;
    if ('refused' in registration) return reporter.report(registration.refused, at, ...registration.words);
    if (place.members.length === 0 && usesThis(file, node)) return reporter.report('thisInFunction', at);
    const number = version === undefined ? undefined : Number(version);
    found.push({ ...place, ...registration, node, id, number, of: rest && nameOfNewest(rest), at });
  }
}

const PLAIN: Directive = { id: undefined, version: undefined, rest: undefined };

/** What is wrong with the version of a directive, as words; undefined if nothing is. */
function faultOfVersion({ id, version, rest }: Directive): string | undefined {
  if (version === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(version)) return 'it is no whole number from 1 to 999999';
  if (rest === undefined) return undefined;
  if (nameOfNewest(rest) === undefined)
    return '`of` and the name of a function may follow it, and nothing else';
  return id === undefined
    ? undefined
    : 'it has an id of its own, so it is no version of a function of this file';
}

const shownVersion = ({ version = '', rest }: Directive): string =>
  rest === undefined ? version : `${version} ${rest}`;

const nameOfNewest = (rest: string): string | undefined => /^of +(\S+)$/.exec(rest)?.[1];

/**
 * The id of a function that has none of its own. The package and the file are part of it, since two packages may have files and
 * functions with the same names.
 */
export function idOf({ fileId }: FileContext, { path }: FunctionPlace): string {
  if (fileId === undefined) return path;
  return `${fileId.package === undefined ? '' : `${fileId.package}/`}${fileId.path}#${path}`;
}

/** The part of an id that is the name of the function. In 0.1.0 it was the whole id. */
export const nameIn = (id: string): string => ID.exec(id)?.[1] ?? id;

/** The first name or literal of an expression: `a` in `a(b)[c] + d`. */
function firstOf(ts: FileContext['ts'], expression: ts.Expression): ts.Expression {
  let at = unwrap(ts, expression);
  for (;;) {
    if (ts.isCallExpression(at) || ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = unwrap(ts, at.expression);
    else if (ts.isTaggedTemplateExpression(at)) at = unwrap(ts, at.tag);
    else if (ts.isBinaryExpression(at)) at = unwrap(ts, at.left);
    else return at;
  }
}

function nameNode(node: FunctionNode): ts.Node {
  return 'name' in node && node.name ? node.name : node;
}
