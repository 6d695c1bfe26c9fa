import { expectTypeOf, it } from 'vitest';
import type * as read from '../../runtime/functions/flow.ts';
import type * as runtime from '../../runtime/functions/manifest.ts';
import type * as compiled from '../../transformer/base/flow.ts';
import type * as plan from '../../transformer/base/plan.ts';
import type { Manifest } from '../../transformer/base/plan.ts';

/**
 * The compiler writes these shapes into compiled code, and the runtime reads them. Neither imports the other, so each
 * has its own types. They are compared by `tsc`, which `npm test` runs first.
 */
it('sites and manifests have the same shape in the compiler and in the runtime', () => {
  expectTypeOf<plan.SiteKind>().toEqualTypeOf<runtime.SiteKind>();
  expectTypeOf<plan.Site>().toEqualTypeOf<runtime.Site>();
  expectTypeOf<plan.SiteRecord>().toEqualTypeOf<runtime.SiteRecord>();
  // The id and the file of a function are written beside these, and whether there is a lock.
  expectTypeOf<Pick<Manifest, 'version' | 'sites' | 'flow'>>().toEqualTypeOf<
    Omit<runtime.Manifest, 'fn' | 'file' | 'line' | 'locked'>
  >();
  expectTypeOf<compiled.FunctionFlow>().toEqualTypeOf<read.FunctionFlow>();
});
