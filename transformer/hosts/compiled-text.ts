import type { Diagnostic } from '../base/diagnostics.ts';
import type { SourceMapV3 } from '../compile.ts';

/** A compiled file, for hosts that hand over texts. */
export interface CompiledText {
  readonly code: string;
  /** Null where the code is unchanged. */
  readonly map: SourceMapV3 | null;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** The lock that the code depends on, absolute. */
  readonly lockFile: string | undefined;
}
