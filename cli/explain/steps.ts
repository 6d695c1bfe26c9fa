import { cutOff } from '../../runtime/tools/look.ts';
import { sitesIn } from '../../runtime/tools/picture.ts';
import { lineWidth, styled } from '../base/terminal.ts';
import { type DrawnFunction, functionsOf } from '../graph/functions.ts';

interface Step {
  readonly id: string;
  /** What the compiler takes it for: `step`, `sleep`, `signal`. */
  readonly kind: string;
  /** As it is written, or its comment says. */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Prints the steps and waits of the durable functions of a file.
 *
 * @returns the exit code
 * @throws NothingToDrawError
 */
export function steps(
  file: string,
  name: string | undefined,
  { json = false }: { readonly json?: boolean },
): number {
  const functions = functionsOf(file, name).map((fn) => ({
    id: fn.id,
    version: fn.version,
    steps: stepsIn(fn),
  }));
  if (json) {
    console.log(JSON.stringify({ file, functions }, null, 2));
    return 0;
  }
  for (const [index, fn] of functions.entries()) {
    if (index > 0) console.log('');
    console.log(`${styled('bold', fn.id)}  ${styled('dim', `version ${fn.version}`)}`);
    const widest = Math.min(Math.max(...fn.steps.map(({ id }) => id.length), 0), 40);
    for (const { id, kind, text, line, column } of fn.steps)
      console.log(
        cutOff(
          `  ${id.padEnd(widest)}  ${kind.padEnd(8)}  ${`${line}:${column}`.padEnd(7)} ${text}`,
          lineWidth(),
        ),
      );
    if (fn.steps.length === 0) console.log('  It has no step and no wait.');
  }
  return 0;
}

/** In the order of the source. */
function stepsIn({ flow }: DrawnFunction): readonly Step[] {
  return [flow.body, ...flow.functions.map(({ body }) => body)]
    .flatMap(sitesIn)
    .map(({ id, type, title, label, span: [line, column] }) => ({
      id,
      kind: type,
      text: (label ?? title).replace(/\s+/g, ' '),
      line,
      column,
    }))
    .sort((one, other) => one.line - other.line || one.column - other.column);
}
