import type ts from 'typescript';
import type { DurableFunction } from '../find/find-directives.ts';
import type { Planner } from './planner.ts';

/** The parts of a planner that are needed here. */
export interface BindingPlanner extends Pick<Planner, 'file' | 'plan' | 'runtime'> {
  readonly body: { readonly durable: DurableFunction };
}

/**
 * Plans the code that connects the definition in `table` with its function, to which `base` leads. Returns the part that
 * belongs to the start of the file.
 */
export function planBinding(planner: BindingPlanner, table: string, base: string): string {
  const { file, body, plan, runtime } = planner;
  const { ts } = file;
  const { node, form, members, root, name, statement, exported, owner, ofInstances, knownAs } = body.durable;
  if (form === 'arrow') {
    plan.wrap(node, `${runtime}.arrow(${table}, `, `, ${JSON.stringify(name)})`);
    return '';
  }
  if (root) plan.references.set(root.text, root);
  if (owner) planDecorators(planner, table, owner);
  if (exported) {
    const value = file.freshOnce('$value');
    const bind = bindText(value, members.length === 0 && name === 'default' ? 'default' : undefined);
    plan.wrap(exported, `${runtime}.passing(`, `, ${value} => { ${bind} })`);
    return '';
  }
  if (form === 'hoisted') {
    const anonymous = base !== body.durable.base;
    if (anonymous) plan.add(node, { kind: 'name', name: base });
    const statements = bindText(base, anonymous ? 'default' : undefined);
    const container = statement.parent;
    if (ts.isSourceFile(container)) return ` ${statements}`;
    plan.add(container, { kind: 'prologue', statements });
  } else plan.add(statement, { kind: 'after', statements: bindText(base, undefined) });
  return '';

  function bindText(from: string, called: string | undefined): string {
    const args = [table, from + members.join('')];
    if (ofInstances) {
      args.push(from);
      if (knownAs !== undefined) args.push(JSON.stringify(knownAs));
      return `${runtime}.bindMethod(${args.join(', ')});`;
    }
    if (members.length > 0) args.push(from + members.slice(0, -1).join(''));
    if (called !== undefined) args.push('undefined', JSON.stringify(called));
    return `${runtime}.bind(${args.join(', ')});`;
  }
}

/** A decorator may replace a method or a class. The decorator that is called first shows the runtime the compiled one. */
function planDecorators(
  { file, body, plan, runtime }: BindingPlanner,
  table: string,
  owner: ts.ClassLikeDeclaration,
): void {
  const { ts } = file;
  const { node, members } = body.durable;
  const ofMethod = lastDecorator(node);
  const decorator = ofMethod ?? lastDecorator(owner);
  if (!decorator) return;
  const value = file.freshOnce('$value');
  const captured = ofMethod ? value : value + members.join('');
  const { expression } = decorator;
  // Wrapped as a value, a method would lose its `this`.
  const method = ts.isPropertyAccessExpression(expression) || ts.isElementAccessExpression(expression);
  const args = file.fresh('$args');
  plan.wrap(
    expression,
    `${runtime}.decorated(${method ? `(...${args}) => ` : ''}`,
    `${method ? `(...${args})` : ''}, ${value} => ${runtime}.capture(${table}, ${captured}))`,
  );

  function lastDecorator(decorated: ts.Node): ts.Decorator | undefined {
    return ts.canHaveDecorators(decorated) ? ts.getDecorators(decorated)?.at(-1) : undefined;
  }
}
