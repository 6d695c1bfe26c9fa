import type { Diagnostic } from '../base/diagnostics.ts';
import { type Plan, PlanBuilder } from '../base/plan.ts';
import type { TypeScript } from '../base/typescript.ts';
import { moduleKindOf } from '../file/commonjs.ts';
import type { FileContext } from '../file/file-context.ts';
import { type DurableFunction, findDirectives, idOf } from '../find/find-directives.ts';
import { placeOf } from '../find/place-function.ts';
import type { FunctionNode } from '../syntax/nodes.ts';
import { planBinding } from './binding.ts';
import { fileNamesOf, namesOf, planHeader } from './module.ts';
import { planRegistrations } from './registrations.ts';

/**
 * Plans a file with an error. Its durable functions are not compiled, and must not run as plain code. Each of them throws the
 * error when it is called, and so does `start`. All else in the file stays as it is.
 *
 * @param errors of the file, in source order
 */
export function planRefusal(file: FileContext, errors: readonly Diagnostic[]): Plan {
  return new RefusalPlanner(file, errors).run();
}

class RefusalPlanner {
  private readonly file: FileContext;
  private readonly errors: readonly Diagnostic[];
  private readonly ts: TypeScript;
  private readonly durable: readonly DurableFunction[];
  private readonly refused: readonly FunctionNode[];
  private readonly plan = new PlanBuilder();
  private readonly statements: string[] = [];
  private readonly isModule: boolean;
  private readonly runtime: string;

  constructor(file: FileContext, errors: readonly Diagnostic[]) {
    this.file = file;
    this.errors = errors;
    const { ts } = file;
    this.ts = ts;
    const { durable, refused } = findDirectives(file);
    this.durable = durable;
    this.refused = refused;
    this.isModule = moduleKindOf(file) !== undefined;
    this.runtime = file.freshOnce('$durable');
  }

  run(): Plan {
    const { durable, refused, file, statements, isModule, runtime, plan } = this;
    for (const node of [...durable.map((one) => one.node), ...refused]) {
      if (!node.body) continue;
      const known = durable.find((one) => one.node === node) ?? this.placed(node);
      const meta = JSON.stringify({
        ...(known ? namesOf(file, known) : { id: this.nameOf(node), ...fileNamesOf(file) }),
        ...file.positionOf(node),
        steps: [],
        error: this.errorOf(node),
      });
      const table = file.freshOnce(`$refused${statements.length + 1}`);
      this.throwFirst(node, isModule ? `${runtime}.refuse(${table});` : this.plainThrow(node));
      if (!isModule) continue;
      const bind = known ? this.bindingOf(known, table) : '';
      statements.push(`var ${table} = ${runtime}.define(${meta});${bind}`);
    }
    planRegistrations(file, plan);
    return {
      header: statements.length > 0 ? planHeader(file, runtime, statements) : '',
      edits: plan.edits,
      references: plan.references,
      touched: plan.touched(),
    };
  }

  private throwFirst(node: FunctionNode, thrown: string): void {
    const { plan, ts } = this;
    const body = node.body!;
    plan.add(
      body,
      ts.isBlock(body)
        ? { kind: 'prologue', statements: thrown }
        : { kind: 'block-body', statements: thrown },
    );
  }

  private bindingOf(place: DurableFunction, table: string): string {
    const { file, plan, runtime } = this;
    // An arrow function that starts no run needs no wrapper.
    const form = place.form !== 'arrow' ? place.form : place.exported ? 'held' : 'bound';
    const known = { ...place, form };
    const anonymous = known.form === 'hoisted' && known.base === '';
    const base = anonymous ? file.freshOnce('$main') : known.base;
    return planBinding({ file, plan, runtime, body: { durable: known } }, table, base);
  }

  /** The first of the errors inside a function, or else the first in the file. */
  private errorOf(node: FunctionNode): Pick<Diagnostic, 'code' | 'message' | 'line' | 'column'> {
    const { errors } = this;
    const within = errors.find(({ start }) => start >= node.pos && start < node.end);
    const { code, message, hint, line, column } = within ?? errors[0]!;
    return { code, message: `${message} ${hint}`, line, column };
  }

  /** The position in which the function would be bound, if it is known. */
  private placed(node: FunctionNode): DurableFunction | undefined {
    const { file } = this;
    const place = placeOf(file, node);
    return 'refused' in place
      ? undefined
      : { ...place, knownAs: undefined, number: undefined, node, id: idOf(file, place) };
  }

  /** A script can't load the runtime. */
  private plainThrow(node: FunctionNode): string {
    const { file } = this;
    const { code, message, line, column } = this.errorOf(node);
    const text = `"${this.nameOf(node)}" was not compiled by use-durable. ${file.fileName}:${line}:${column} - ${code}: ${message}`;
    return `throw Object.assign(new Error(${JSON.stringify(text)}), {"name": "NotCompiledError", "code": "NOT_COMPILED"});`;
  }

  private nameOf(node: FunctionNode): string {
    const { ts, file } = this;
    const { parent } = node;
    const named =
      ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent);
    const name = node.name ?? (named ? parent.name : undefined);
    return name?.getText(file.sourceFile) ?? 'anonymous';
  }
}
