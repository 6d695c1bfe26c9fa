/**
 * Every error this package throws at people, in one place. Messages say what happened, where, and what to do.
 */
import { nameClasses } from './shared-classes.ts';

/** Base of all errors thrown by the runtime; `code` is stable and is what programs should test. */
export class DurableError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
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
    super('NOT_COMPILED', diagnostic === undefined ? neverCompiled(what) : refusedFor(what, diagnostic));
    if (diagnostic !== undefined) this.diagnostic = diagnostic;
  }
}

const refusedFor = (what: string, { code, message, fileName, line, column }: CompileError): string =>
  `${what} was not compiled by use-durable, because the compiler found an error in its file, so it neither runs nor ` +
  `starts. ${fileName}:${line}:${column} - ${code}: ${message}`;

const neverCompiled = (what: string): string =>
  `${what} was not compiled by use-durable, so it can't run durably. Compile with \`tspc\` (ts-patch) and this entry ` +
  `in tsconfig.json: "plugins": [{ "transform": "use-durable/tspc", "transformProgram": true }]. Plain \`tsc\` ` +
  `ignores that entry without a word. Check too that the function starts with 'use durable', and that the compiler ` +
  `reported no UD error in its file. What a decorator put in the place of a durable method is plain code; start a ` +
  `method that has none.`;

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
  /** @param refused says why the function is not compiled, where it is loaded */
  constructor(runId: string, fn: string, refused = notLoaded(fn)) {
    super(
      'UNKNOWN_FUNCTION',
      `${belongsTo(runId, fn)}${refused} The run is parked as blocked and its journal is untouched.`,
    );
  }

  /** Whether a run was parked for this reason, maybe by another process. */
  static isReason(reason: string | null | undefined, runId: string, fn: string): boolean {
    return reason?.startsWith(belongsTo(runId, fn)) ?? false;
  }
}

const belongsTo = (runId: string, fn: string): string =>
  `Run "${runId}" belongs to the durable function "${fn}"`;

const notLoaded = (fn: string): string =>
  `, which this process has not loaded. Import the module that defines it before recover(); if it was renamed, keep its ` +
  `id with the directive 'use durable as ${fn}'.`;

/**
 * A run that is with its worker each time when that dies, or is found gone. It is parked as `blocked`, so that the others go
 * on; `resume(id)` tries it again.
 */
export class CrashLoopError extends DurableError {
  readonly runId: string;
  constructor(runId: string, message: string) {
    super('CRASH_LOOP', message);
    this.runId = runId;
  }

  /** The beginning of the message. */
  static about(runId: string): string {
    return `Run "${runId}" is in a crash loop: `;
  }
}

/** The same run id was used for another function. */
export class RunConflictError extends DurableError {
  constructor(runId: string, existing: string, requested: string) {
    super(
      'RUN_CONFLICT',
      `Run "${runId}" exists already and belongs to "${existing}", so it can't be started for "${requested}". ` +
        `Use another id.`,
    );
  }
}

/** Two durable functions have one id. */
export class DuplicateFunctionError extends DurableError {
  /** @param name of the package, where it is installed twice */
  constructor(id: string, first: string, second: string, name?: string) {
    const advice =
      name === undefined
        ? `Rename one, or give it an id of its own with 'use durable as another-id'.`
        : `They differ, and one of them would go on with the other's runs. Load one version of ${name} in this process: ` +
          `install it once, or let each version have a process and a store of its own.`;
    super(
      'DUPLICATE_FUNCTION',
      `Two durable functions have the id "${id}": ${first} and ${second}. ${advice}`,
    );
  }
}

/** A durable primitive was used where it can't work. */
export class MisuseError extends DurableError {
  constructor(message: string, options?: ErrorOptions) {
    super('MISUSE', message, options);
  }
}

/** Thrown by a step that must not be tried again, whatever its policy says. */
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
    super('CANCELLED', reason === undefined ? 'The run was cancelled.' : `The run was cancelled: ${reason}`);
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
    super(
      'STEP_INTERRUPTED',
      `The step "${key}" is called at most once, and the process died while it was under way. Whether its work was done ` +
        `is not known: find out, and go on from there.`,
    );
    this.key = key;
  }
}

/** A callback's token is unknown, was used already, or its time is over. */
export class CallbackError extends DurableError {
  constructor(message: string) {
    super('CALLBACK', message);
  }
}

/** What was asked for is something that this engine can't do. */
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
    super('ENGINE_MISSING', `The package "${pkg}" can't be loaded. Add it: npm install ${pkg}`, options);
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
   * Only what was asked for is in trouble; the rest of the store may be in order.
   *
   * @internal
   */
  readonly partial: boolean;
  /**
   * What was to be written is too large for the store, if it has so many characters; undefined: size is not the matter.
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
    : new StoreError(`The store ${store} could not be written: ${String(error)}`, { cause: error });

/** Another worker has taken the run over; this process stopped driving it. */
export class LeaseLostError extends DurableError {
  constructor(runId: string) {
    super(
      'LEASE_LOST',
      `Run "${runId}" was taken over by another worker, so this process stopped driving it. Ask its result through ` +
        `runtime.get("${runId}").`,
    );
  }
}

/** The runtime was closed while the run was under way; the run goes on after a later recover(). */
export class RuntimeClosedError extends DurableError {
  constructor(message = 'The runtime is closed. Runs that were under way go on after a later recover().') {
    super('RUNTIME_CLOSED', message);
  }
}

/** Two copies of this package that can't work together are loaded in one process. */
export class IncompatibleCopiesError extends DurableError {
  constructor(first: LoadedCopy | undefined, second: LoadedCopy) {
    const shown = ({ version, path }: LoadedCopy): string => `use-durable ${version} (${path})`;
    super(
      'INCOMPATIBLE_COPIES',
      `Two copies of use-durable that can't work together are loaded in one process: ` +
        `${first === undefined ? 'one that is not known' : shown(first)} and ${shown(second)}. Their runs would not know of each ` +
        `other's functions. Install one version of it for all: \`npm ls use-durable\` shows who needs which.`,
    );
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
