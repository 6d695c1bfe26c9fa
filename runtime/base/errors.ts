/**
 * Every error this package throws at people, in one place. Messages say what happened, where, and what to do.
 */

import { helpFor } from './codes.ts';
import * as messages from './messages/errors.ts';
import { neverCompiled } from './messages/not-compiled.ts';
import { storeNotWritten } from './messages/stores.ts';
import { nameClasses } from './shared-classes.ts';

/** Base of all errors thrown by the runtime; `code` is stable and is what programs should test. */
export class DurableError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }

  /**
   * The address of the section that explains the code: `use-durable/docs/errors.md#misuse`. It is no own property, so it is
   * not written to journals and logs.
   */
  get help(): string {
    return helpFor(this.code);
  }
}

/** An error that the compiler reported. */
export interface CompileError {
  /** `UD` and four digits. */
  readonly code: string;
  /** What is wrong, and what to write instead. */
  readonly message: string;
  readonly fileName: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** A function that had to be compiled was not. */
export class NotCompiledError extends DurableError {
  /** What is wrong with its file, where the compiler found an error in it. */
  declare readonly diagnostic?: CompileError;
  constructor(what: string, diagnostic?: CompileError) {
    super(
      'NOT_COMPILED',
      diagnostic === undefined ? neverCompiled(what) : messages.refusedByCompiler(what, diagnostic),
    );
    if (diagnostic !== undefined) this.diagnostic = diagnostic;
  }
}

/** A value can't be written to the journal. `path` leads to the part that can't, e.g. `result.user.socket`. */
export class SerializationError extends DurableError {
  readonly path: string;
  constructor(message: string, path: string, options?: ErrorOptions) {
    super('NOT_SERIALIZABLE', message, options);
    this.path = path;
  }
}

/** The journal of a run doesn't fit the code it is replayed with. The run is parked as `blocked`; nothing is lost. */
export class NonDeterminismError extends DurableError {
  readonly runId: string;
  constructor(runId: string, message: string) {
    super('NON_DETERMINISM', message);
    this.runId = runId;
  }
}

/** A run in the store belongs to a function that this process doesn't know. */
export class UnknownFunctionError extends DurableError {
  /** @param refused why the function is not compiled, if it is loaded */
  constructor(runId: string, fn: string, refused?: string) {
    super('UNKNOWN_FUNCTION', messages.functionUnknown(runId, fn, refused));
  }

  /** Whether a run was parked for this reason, maybe by another process. */
  static isReason(reason: string | null | undefined, runId: string, fn: string): boolean {
    return reason?.startsWith(messages.runBelongsTo(runId, fn)) ?? false;
  }
}

/**
 * The run was under way each time its worker died or was found gone. It is parked as `blocked`, so that the others continue;
 * `resume(id)` tries it again.
 */
export class CrashLoopError extends DurableError {
  readonly runId: string;
  constructor(runId: string, message: string) {
    super('CRASH_LOOP', message);
    this.runId = runId;
  }

  /** The beginning of the message. */
  static about(runId: string): string {
    return messages.crashLoopOf(runId);
  }
}

/** The same run id was used for another function. */
export class RunConflictError extends DurableError {
  constructor(runId: string, existing: string, requested: string) {
    super('RUN_CONFLICT', messages.idTaken(runId, existing, requested));
  }
}

/** Two durable functions have one id. */
export class DuplicateFunctionError extends DurableError {
  /** @param name of the package, if it is installed twice */
  constructor(id: string, first: string, second: string, name?: string) {
    super('DUPLICATE_FUNCTION', messages.functionsWithOneId(id, first, second, name));
  }
}

/** A durable primitive was used where it has no effect. */
export class MisuseError extends DurableError {
  constructor(message: string, options?: ErrorOptions) {
    super('MISUSE', message, options);
  }
}

/** Thrown by a step that must not be tried again, whatever its policy is. */
export class FatalError extends DurableError {
  constructor(message: string, options?: ErrorOptions) {
    super('FATAL', message, options);
  }
}

/** The run was cancelled. It is thrown at what the run awaits; a run that lets it pass ends as `cancelled`. */
export class CancelledError extends DurableError {
  /** What was given to `cancel(reason)`. */
  readonly reason: string | undefined;
  constructor(reason?: string) {
    super('CANCELLED', messages.runCancelled(reason));
    this.reason = reason;
  }
}

/** A step, a wait for a signal or a callback, or a whole run took longer than it may. */
export class TimeoutError extends DurableError {
  constructor(message: string) {
    super('TIMEOUT', message);
  }
}

/** The process died during a step that is called at most once; whether its work was done is not known. */
export class StepInterruptedError extends DurableError {
  readonly key: string;
  constructor(key: string) {
    super('STEP_INTERRUPTED', messages.stepInterrupted(key));
    this.key = key;
  }
}

/** A callback's token is unknown, was used already, or its time is over. */
export class CallbackError extends DurableError {
  constructor(message: string) {
    super('CALLBACK', message);
  }
}

/** This engine does not support the request. */
export class UnsupportedError extends DurableError {
  constructor(message: string) {
    super('UNSUPPORTED', message);
  }
}

/** An engine takes no more of this: the size of a value, the number of operations of a run. */
export class LimitError extends DurableError {
  constructor(message: string) {
    super('LIMIT', message);
  }
}

/** A package that an engine needs isn't installed. */
export class EngineMissingError extends DurableError {
  constructor(pkg: string, options?: ErrorOptions) {
    super('ENGINE_MISSING', messages.packageMissing(pkg), options);
  }
}

/** The server of an engine can't be reached, or doesn't answer as it should. */
export class EngineUnreachableError extends DurableError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENGINE_UNREACHABLE', message, options);
  }
}

/** The store can't be read or written. */
export class StoreError extends DurableError {
  /**
   * Only the requested data is affected; the rest of the store may be intact.
   *
   * @internal
   */
  readonly partial: boolean;
  /**
   * Values with at least this many characters are too large for the store; undefined if the size is not the reason.
   *
   * @internal
   */
  readonly tooLargeFrom: number | undefined;
  constructor(
    message: string,
    {
      partial = false,
      tooLargeFrom,
      ...options
    }: ErrorOptions & { partial?: boolean; tooLargeFrom?: number } = {},
  ) {
    super('STORE', message, options);
    this.partial = partial;
    this.tooLargeFrom = tooLargeFrom;
  }
}

/** What a store threw while it was written, as a `StoreError`. */
export const storeError = (store: string, error: unknown): StoreError =>
  error instanceof StoreError
    ? error
    : new StoreError(storeNotWritten(store, String(error)), { cause: error });

/** Another worker has taken the run over; this process stopped driving it. */
export class LeaseLostError extends DurableError {
  constructor(runId: string) {
    super('LEASE_LOST', messages.runTakenOver(runId));
  }
}

/** The runtime was closed while the run was under way; the run resumes after a later recover(). */
export class RuntimeClosedError extends DurableError {
  constructor(message: string = messages.runtimeClosed()) {
    super('RUNTIME_CLOSED', message);
  }
}

/** Two copies of this package that can't work together are loaded in one process. */
export class IncompatibleCopiesError extends DurableError {
  constructor(first: LoadedCopy | undefined, second: LoadedCopy) {
    super('INCOMPATIBLE_COPIES', messages.copiesDiffer(first, second));
  }
}

interface LoadedCopy {
  readonly version: string;
  /** The file in which its code is. */
  readonly path: string;
}

nameClasses({
  CallbackError,
  CancelledError,
  DuplicateFunctionError,
  DurableError,
  EngineMissingError,
  EngineUnreachableError,
  FatalError,
  IncompatibleCopiesError,
  LeaseLostError,
  LimitError,
  MisuseError,
  NonDeterminismError,
  NotCompiledError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  StepInterruptedError,
  StoreError,
  TimeoutError,
  UnknownFunctionError,
  UnsupportedError,
});
