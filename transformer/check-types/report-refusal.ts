import type ts from 'typescript';
import type { Reporter } from '../base/reporter.ts';
import type { Refusal } from './carried-types.ts';

/**
 * Reports a value that the journal can't hold: an error if each value of its type is refused, a warning otherwise.
 *
 * @param root the beginning of the path
 * @param hint what to write instead, if the kind of value does not show it
 */
export function reportRefusal(
  reporter: Reporter,
  node: ts.Node,
  subject: string,
  root: string,
  refusal: Refusal,
  hint = HINTS[refusal.kind],
): void {
  const name = refusal.certain ? 'uncarriedValue' : 'perhapsUncarriedValue';
  reporter.report(name, node, subject, root + refusal.path, refusal.what, hint);
}

const HINTS: Readonly<Record<Refusal['kind'], string>> = {
  function:
    'Keep functions out of it: plain data, and what belongs to a connection stays in the step that uses it.',
  symbol: 'Use a string: a symbol has no meaning in another process.',
  promise: 'Await it first.',
  resource: 'Take what is needed of it inside the step, as in `await step(async () => (await open()).size)`.',
  instance: 'Use plain data, or register the class: `registerClass(TheClass)`.',
};
