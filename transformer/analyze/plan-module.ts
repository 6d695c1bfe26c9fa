import type ts from 'typescript';
import type { FunctionInfo } from '../plan.ts';
import { importOf } from './bindings.ts';
import { isPureGlobal } from './callees.ts';
import type { FunctionScope, Planner } from './plan-body.ts';
import { isReference, unwrap, walk } from './syntax.ts';

/**
 * Pass 4. Plans one durable function: its body, the way into it, and its definition, which goes to the head of the file
 * so that it is there before anything can call the function.
 */
export function planDurableFunction(planner: Planner, info: FunctionInfo): string {
  const { file, body, plan, runtime } = planner;
  const { ts } = file;
  const { node, form, receiver, name, statement } = body.durable;
  const anonymous = form === 'hoisted' && body.durable.reference === '';
  const reference = anonymous ? file.freshOnce('$main') : body.durable.reference;
  const table = file.freshOnce(`$${reference.replace(/[^\p{ID_Continue}$]+/gu, '_') || 'default'}`);
  const scopeName = file.fresh('$');
  const scope: FunctionScope = { use: () => scopeName };
  const ambient: FunctionScope = { use: () => `${runtime}.ambient()` };

  for (const parameter of node.parameters) planner.visit(parameter, ambient);
  let entry = `const ${scopeName} = ${runtime}.enter(${table});`;
  if (form !== 'arrow')
    entry += ` if (${scopeName} === undefined) return ${runtime}.direct(${table}, this, arguments);`;
  const content = node.body!;
  if (ts.isBlock(content)) {
    ts.forEachChild(content, (child) => planner.visit(child, scope));
    plan.add(content, { kind: 'prologue', statements: entry });
  } else {
    planner.visit(content, scope);
    plan.edits.set(content, [{ kind: 'block-body', statements: entry }, ...(plan.edits.get(content) ?? [])]);
  }

  let bind = '';
  if (anonymous) plan.add(node, { kind: 'name', name: reference });
  if (form === 'arrow') plan.wrap(node, `${runtime}.arrow(${table}, `, `, ${JSON.stringify(name)})`);
  else {
    const statements = `${runtime}.bind(${[table, reference, receiver ?? (anonymous ? 'undefined, "default"' : [])].flat().join(', ')});`;
    const container = statement.parent;
    if (body.durable.root) plan.references.set(body.durable.root.text, body.durable.root);
    if (form !== 'hoisted') plan.add(statement, { kind: 'after', statements });
    else if (ts.isSourceFile(container)) bind = ` ${statements}`;
    else plan.add(container, { kind: 'prologue', statements });
  }
  return `var ${table} = ${runtime}.define(${definition(planner, info)});${bind}`;
}

export function planHeader(runtime: string, statements: readonly string[]): string {
  return [`import * as ${runtime} from "use-durable/compiled";`, ...statements].join(' ');
}

function definition(planner: Planner, info: FunctionInfo): string {
  const { line, column, id, steps } = info;
  const table = JSON.stringify({ id, file: planner.file.fileName, line, column, steps });
  const classes = errorClasses(planner);
  return classes.length === 0 ? table : `${table.slice(0, -1)},"classes":() => ({ ${classes.join(', ')} })}`;
}

/**
 * The classes whose errors must come back from the journal as theirs: those that the file tests with `instanceof`, and
 * the error classes that it declares or uses. Where an error is caught may be far from where it is thrown.
 */
function errorClasses(planner: Planner): string[] {
  const { file, body, plan } = planner;
  const { ts, bindings } = file;
  const classes = new Set<string>();
  const add = (name: ts.Identifier): void => {
    const binding = bindings.resolve(name);
    if (!binding || !ts.isSourceFile(binding.scope) || body.isLocal(binding) || isPureGlobal(file, name))
      return;
    const { declaration } = binding;
    if (
      !ts.isClassDeclaration(declaration) &&
      !ts.isVariableDeclaration(declaration) &&
      !importOf(ts, binding)
    )
      return;
    classes.add(`${name.text}: ${name.text}`);
    plan.references.set(name.text, name);
  };
  walk(ts, file.sourceFile, (node) => {
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) {
      const right = unwrap(ts, node.right);
      if (ts.isIdentifier(right)) add(right);
    } else if (ts.isClassDeclaration(node) && node.name && extendsError(node)) add(node.name);
    else if (ts.isIdentifier(node) && ERROR.test(node.text) && isReference(ts, node)) {
      if (importOf(ts, bindings.resolve(node))) add(node);
    }
  });
  return [...classes];

  function extendsError(node: ts.ClassDeclaration): boolean {
    const [base] =
      node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
    return base !== undefined && ERROR.test(base.expression.getText(file.sourceFile));
  }
}

/** How classes of errors are named. */
const ERROR = /(Error|Exception|Fault|Failure)$/;
