import type { FunctionInfo, Manifest } from '../base/plan.ts';
import type { ReachableClass } from '../body/error-classes.ts';
import { moduleKindOf } from '../file/commonjs.ts';
import type { FileContext } from '../file/file-context.ts';
import { type DurableFunction, idOf, nameIn } from '../find/find-directives.ts';
import { planBinding } from './binding.ts';
import { manifestOf } from './manifest.ts';
import type { FunctionScope, Planner } from './planner.ts';

/**
 * Pass 4. Plans one durable function: its body, its entry, and its definition. The definition goes to the start of the file, so
 * that it exists before anything can call the function.
 *
 * @param classes the error classes that the file knows
 */
export function planDurableFunction(
  planner: Planner,
  classes: readonly ReachableClass[],
): { readonly statement: string; readonly info: FunctionInfo; readonly manifest: Manifest } {
  const { file, body, plan, runtime } = planner;
  const { ts } = file;
  const { node, form, members } = body.durable;
  const anonymous = form === 'hoisted' && body.durable.base === '';
  const base = anonymous ? file.freshOnce('$main') : body.durable.base;
  const title = anonymous ? base : base + members.filter((member) => member !== '.prototype').join('');
  const table = file.freshOnce(
    `$${title.replace(/^\./, '').replace(/[^\p{ID_Continue}$]+/gu, '_') || 'default'}`,
  );
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

  planner.names.finish();
  const bind = planBinding(planner, table, base);
  const manifest = manifestOf(body, planner.names, planner.flow);
  const { line, column, version } = manifest;
  const { id, number } = body.durable;
  const numbered = number === undefined ? {} : { number };
  const info = { id, ...numbered, line, column, version, steps: planner.names.sites };
  const define = `var ${table} = ${runtime}.define(${definition(planner, manifest, classes)});`;
  return { statement: define + bind, info, manifest };
}

export function planHeader(file: FileContext, runtime: string, statements: readonly string[]): string {
  const load =
    moduleKindOf(file) === 'commonjs'
      ? `const ${runtime} = require("use-durable/compiled");`
      : `import * as ${runtime} from "use-durable/compiled";`;
  return [load, ...statements].join(' ');
}

function definition(
  planner: Planner,
  { line, column, version, module, sites, renamed, flow }: Manifest,
  classes: readonly ReachableClass[],
): string {
  const texts = planner.names.texts();
  const shown = Object.keys(texts).length > 0 ? { texts } : {};
  const locked = renamed === undefined ? {} : { locked: true };
  const names = namesOf(planner.file, planner.body.durable);
  const table = JSON.stringify({
    ...names,
    line,
    column,
    version,
    module,
    steps: sites,
    ...locked,
    ...shown,
    flow,
  });
  if (classes.length === 0) return table;
  const entries = classes.map(({ root, members }) => {
    if (members.length === 0) return `${root}: ${root}`;
    const [name, ...path] = [[root, ...members].join('.'), ...members].map((text) => JSON.stringify(text));
    return `${name}: [${[root, ...path].join(', ')}]`;
  });
  return `${table.slice(0, -1)},"classes":() => ({ ${entries.join(', ')} })}`;
}

/** The location of a function, in its table. */
interface Names {
  readonly id: string;
  /** Its name in the file, which was its id in 0.1.0; left out if it is the whole id. */
  readonly name?: string;
  /** The number of its version. */
  readonly number?: number;
  readonly package?: string;
  readonly file: string;
}

export function namesOf(file: FileContext, durable: DurableFunction): Names {
  const { id, number, path } = durable;
  const name = id === idOf(file, durable) ? path : nameIn(id);
  return {
    id,
    ...(name !== id && { name }),
    ...(number !== undefined && { number }),
    ...fileNamesOf(file),
  };
}

export function fileNamesOf({ fileId, fileName }: FileContext): Pick<Names, 'package' | 'file'> {
  const { package: name, path: file } = fileId ?? { package: undefined, path: fileName };
  return { ...(name !== undefined && { package: name }), file };
}
