/** Hand-written "compiled" functions for tests of the runtime: what the compiler would emit, without the compiler. */
import * as $durable from '../../runtime/compiled.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';

let line = 0;

export interface Made {
  readonly steps?: readonly $durable.Site[];
  readonly classes?: () => Record<string, unknown>;
  readonly id?: string;
  /** What the compiler writes into a table besides. */
  readonly meta?: Partial<$durable.DefinitionMeta>;
}

/**
 * A durable function with this body. The id is new each time, unless one is given, which then replaces what was
 * defined under it: the code that is deployed next.
 */
export function durable<F extends AnyFunction>(
  body: ($: $durable.DurableScope, ...args: Parameters<F>) => ReturnType<F>,
  { steps = [], classes, id, meta }: Made = {},
): F {
  const definition = $durable.define({
    id: id ?? `test-${++line}`,
    file: 'test.ts',
    line: id === undefined ? line : 1,
    column: 1,
    steps,
    ...(classes && { classes }),
    ...meta,
  });
  async function fn(this: unknown, ...args: Parameters<F>): Promise<unknown> {
    const $ = $durable.enter(definition);
    // biome-ignore lint/complexity/noArguments: what the compiler emits
    if ($ === undefined) return $durable.direct(definition, this, arguments);
    return Reflect.apply(body, this, [$, ...args]) as ReturnType<F>;
  }
  $durable.bind(definition, fn);
  return fn as AnyFunction as F;
}
