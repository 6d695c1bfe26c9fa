import type ts from 'typescript';
import { isKnownRead, knownMakerOf, knownReadOf } from '../file/known-packages.ts';
import { type FileNames, originOf } from '../file/origins.ts';
import { FORMATTERS } from '../syntax/method-names.ts';
import { contains, type FunctionNode, isAsync, isFunctionNode, returnsOf, unwrap } from '../syntax/nodes.ts';
import { builtinReadOf, isReadOrigin } from './builtins.ts';
import { followCallee } from './followed-calls.ts';
import { refusalOf } from './refused-globals.ts';
import { returnedFlow, walkNow } from './returned-flow.ts';

/** A place at which a helper reads the clock or chance. */
export interface HelperRead {
  readonly node: ts.Node;
  /** As written: `Date.now`, `new Date`. */
  readonly what: string;
}

/** A function, or the class that is instantiated. */
export type Code = FunctionNode | ts.ClassLikeDeclaration;

/** Finds helpers whose results depend on the clock or on chance, directly or through functions that they call. */
export class HelperReads {
  private readonly known = new Map<Code, HelperRead | undefined>();
  private readonly namesOf: (file: ts.SourceFile) => FileNames;
  private readonly elsewhere: ((call: ts.CallExpression | ts.NewExpression) => Code | undefined) | undefined;

  /** @param elsewhere returns the code of a call that the file of the call doesn't show */
  constructor(
    namesOf: (file: ts.SourceFile) => FileNames,
    elsewhere?: (call: ts.CallExpression | ts.NewExpression) => Code | undefined,
  ) {
    this.namesOf = namesOf;
    this.elsewhere = elsewhere;
  }

  /**
   * What the function reads that a callee, or the name of a function, refers to in its file.
   *
   * @param given the number of arguments of the call
   * @param durable code in it reads the run's clock
   */
  behind(file: FileNames, callee: ts.Expression, given: number, durable?: ts.Node): HelperRead | undefined {
    const followed = followCallee(file, callee);
    if (!followed) return undefined;
    if ('code' in followed) {
      const { code } = followed;
      return durable && contains(durable, code) ? undefined : this.in(code, given);
    }
    const { at } = followed;
    if ('maker' in followed)
      return knownMakerOf(followed.maker) === undefined
        ? undefined
        : { node: at, what: nameIn(followed.maker) };
    if (durable && contains(durable, at)) return undefined;
    const { origin } = followed;
    const reads =
      isReadOrigin(origin) || isKnownRead(origin) || refusalOf(origin, 'call') === 'nondeterministic';
    return reads ? { node: at, what: nameIn(origin) } : undefined;
  }

  /** Whether the result of a callee is surely not a promise. */
  givesNoPromise(file: FileNames, callee: ts.Expression, asked: ReadonlySet<Code> = new Set()): boolean {
    const followed = followCallee(file, callee);
    if (!followed) return false;
    // The functions that are known by name are synchronous.
    if (!('code' in followed)) return true;
    const { code } = followed;
    if (!isFunctionNode(file.ts, code)) return true;
    if (asked.has(code)) return true;
    const now = new Set([...asked, code]);
    if (code.type) return !/Promise|Thenable|\b(any|unknown|[A-Z])\b/.test(code.type.getText());
    return returnsOf(file.ts, code).every((value) => this.isNoPromise(file, value, now));
  }

  private isNoPromise(file: FileNames, value: ts.Expression, asked: ReadonlySet<Code>): boolean {
    const { ts } = file;
    const node = unwrap(ts, value);
    if (ts.isNewExpression(node)) return originOf(file, node.expression) !== 'Promise';
    if (ts.isCallExpression(node)) {
      const callee = unwrap(ts, node.expression);
      if (builtinReadOf(file, callee) || knownReadOf(ts, node, originOf(file, callee))) return true;
      // `Math.random().toString(36)`
      if (ts.isPropertyAccessExpression(callee) && FORMATTERS.has(callee.name.text)) return true;
      return this.givesNoPromise(file, callee, asked);
    }
    return (
      ts.isTemplateExpression(node) ||
      ts.isLiteralExpression(node) ||
      ts.isBinaryExpression(node) ||
      ts.isObjectLiteralExpression(node) ||
      ts.isArrayLiteralExpression(node) ||
      ts.isPrefixUnaryExpression(node)
    );
  }

  /** What a function reads that its result depends on. A promise is the result of a step, which is recorded. */
  in(code: Code, given: number): HelperRead | undefined {
    const file = this.namesOf(code.getSourceFile());
    if (!this.known.has(code)) {
      // A recursive call reads nothing more.
      this.known.set(code, undefined);
      this.known.set(code, this.find(file, code));
    }
    return this.known.get(code) ?? this.inDefaults(file, code, given);
  }

  /** `now = new Date()` in a call without this argument. */
  private inDefaults(file: FileNames, code: Code, given: number): HelperRead | undefined {
    const { ts } = file;
    const fn = isFunctionNode(ts, code) ? code : code.members.find(ts.isConstructorDeclaration);
    if (!fn || isAsync(ts, fn)) return undefined;
    for (const { initializer } of fn.parameters.slice(given)) {
      const read = initializer && this.readIn(file, initializer);
      if (read) return read;
    }
    return undefined;
  }

  private find(file: FileNames, code: Code): HelperRead | undefined {
    const { ts } = file;
    for (const expression of isFunctionNode(ts, code) ? this.results(file, code) : this.parts(file, code)) {
      const read = this.readIn(file, expression);
      if (read) return read;
    }
    return undefined;
  }

  private results(file: FileNames, fn: FunctionNode): readonly ts.Expression[] {
    return isAsync(file.ts, fn) ? [] : returnedFlow(file, fn);
  }

  /** The parts of a class that are evaluated for an instance. */
  private parts(file: FileNames, cls: ts.ClassLikeDeclaration): readonly ts.Expression[] {
    const { ts } = file;
    return cls.members.flatMap((member) => {
      if (ts.isConstructorDeclaration(member)) return [...returnedFlow(file, member)];
      const isStatic =
        ts.canHaveModifiers(member) &&
        ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
      return ts.isPropertyDeclaration(member) && member.initializer && !isStatic ? [member.initializer] : [];
    });
  }

  private readIn(file: FileNames, expression: ts.Expression): HelperRead | undefined {
    const { ts } = file;
    let found: HelperRead | undefined;
    walkNow(ts, expression, (node) => {
      found ??= this.readAt(file, node);
    });
    return found;
  }

  private readAt(file: FileNames, node: ts.Node): HelperRead | undefined {
    const { ts } = file;
    if (ts.isPropertyAccessExpression(node)) {
      const origin = originOf(file, node);
      return origin !== undefined && refusalOf(origin, 'anywhere') === 'nondeterministic'
        ? { node, what: node.getText() }
        : undefined;
    }
    if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
    const callee = unwrap(ts, node.expression);
    const origin = originOf(file, callee);
    const direct = ts.isNewExpression(node)
      ? origin === 'Date' && givenTo(node) === 0
      : origin === 'Date' || builtinReadOf(file, callee) !== undefined;
    const refused = origin !== undefined && refusalOf(origin, 'call') === 'nondeterministic';
    if (direct || refused || knownReadOf(ts, node, origin) !== undefined)
      return { node, what: `${ts.isNewExpression(node) ? 'new ' : ''}${callee.getText()}` };
    const read = this.behind(file, callee, givenTo(node));
    if (read) return read;
    const code = this.elsewhere?.(node);
    return code && this.in(code, givenTo(node));
  }
}

/** Without the module. */
const nameIn = (origin: string): string => origin.replace(/^(.*)#(default|\*)$/, '$1').replace(/^.*#/, '');

/** The least number of arguments of a call. */
export const givenTo = ({ arguments: given }: ts.CallExpression | ts.NewExpression): number =>
  given?.length ?? 0;
