/**
 * What a process has once, however many copies of this package it loads: an app and its libraries may each have one
 * installed, a bundler may write one into each of its bundles, a test runner may load modules again. All copies find this
 * state on `globalThis` and work as one. A worker thread and a context of `node:vm` have a `globalThis`, and so a state, of
 * their own.
 *
 * Caches that a copy may as well keep for itself are not here.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { IncompatibleCopiesError } from './errors.ts';
import { requireNode } from './supported-node.ts';

/** The version of this package; a test holds it against package.json. */
export const VERSION = '0.1.0';

/**
 * The version of what copies share: of `ProcessState`, of the objects in it, and of what compiled code calls (`$`,
 * `compiled.ts`). It is raised when one of these changes so that older copies don't understand it; a test checks that. Copies
 * with the same protocol work together, whatever their package versions are.
 */
export const PROTOCOL = 1;

/** A copy that was loaded. This type, and where it is found, is the same in all protocols. */
export interface Copy {
  readonly version: string;
  /** The file in which its code is. */
  readonly path: string;
}

interface Joined {
  readonly protocol: number;
  readonly copies: Copy[];
}

/** Classes by their ids in journals and by their prototypes; of entries that `values/classes.ts` makes. */
export interface ClassIndex<Entry = object, Class = object> {
  readonly byId: Map<string, Entry>;
  readonly byPrototype: Map<object, Entry>;
  /** Classes that say themselves what their instances are, by `Symbol.hasInstance`. */
  readonly testing: Set<Class>;
}

/**
 * Types of later floors are `object` here; the code that uses a field names its type. Any copy may have made these objects, so
 * only their own methods use `instanceof` or private fields.
 */
export interface ProcessState extends Joined {
  /** `Definition`s of durable functions by id. */
  readonly functions: Map<string, object>;
  /** Those and the following by the ids that they had in 0.1.0, and then by their present ones. */
  readonly formerIds: Map<string, Map<string, object>>;
  /** Ids that functions had before their files were renamed, and their present ones. */
  readonly renamed: Map<string, string>;
  /** `Definition`s of functions in files with an error, by id. */
  readonly refused: Map<string, object>;
  /** `Definition`s whose classes haven't been read. */
  readonly unread: Set<object>;
  /** The `Context` of the code that runs. */
  readonly contexts: AsyncLocalStorage<object>;
  /** The `Handoff` to the durable function that is being called. */
  handoff: object | undefined;
  /** Functions and iterators that are workflow code. */
  readonly marks: WeakSet<object>;
  /** Functions in the place of async generator functions. */
  readonly lowered: WeakSet<object>;
  /** The `Run` whose scope made a promise. */
  readonly ownPromises: WeakMap<object, object>;
  /** Promises that were passed on as they are. */
  readonly unsettled: WeakSet<object>;
  /** Functions that print a line of the body once. */
  readonly gates: WeakSet<object>;
  /** Functions that return the original of a proxy, by the proxy. */
  readonly made: WeakMap<object, () => object>;
  /** Promises in objects that calls outside of steps have returned, with the call. */
  readonly held: WeakMap<object, { readonly key: string; readonly member: string }>;
  /** The step of a run that has read on in an object, as a stream or an iterator. */
  readonly readOn: WeakMap<object, { readonly run: object; readonly key: string }>;
  /** How many steps that are under way were given an object that can be read once, and whether one has used it up. */
  readonly holders: WeakMap<object, { steps: number; used: 'whole' | 'in part' | undefined }>;
  /** Values in chains, by the objects that replace them there. */
  readonly chained: WeakMap<object, object>;
  /** The `Run` that made a limiter, a queue or the like. */
  readonly schedulers: WeakMap<object, object>;
  /** Functions that schedulers call in bodies, by what they were. */
  readonly inBodies: WeakMap<object, object>;
  /** How signals of steps were made. */
  readonly deadlines: WeakMap<object, object>;
  /** There is such a signal. */
  hasDeadlines: boolean;
  /** `reject` of the promise whose executor is running. */
  rejectAround: ((reason: unknown) => void) | undefined;
  /** The keys of the steps that errors come from. */
  readonly failures: WeakMap<object, string>;
  /** The `Rejections` that keep a rejected promise. */
  readonly rejections: WeakMap<object, object>;
  /** The listeners for rejections have been added. */
  watchesRejections: boolean;
  /** The stores of runtimes. */
  readonly stores: WeakMap<object, object>;
  /** The `Runtime` for durable functions that are called directly. */
  defaultRuntime: object | undefined;
  /** Classes of `registerClass`. */
  readonly registered: ClassIndex;
  /** Classes that compiled modules name. */
  readonly offered: ClassIndex;
  /** Those, by their names, as often as they were loaded. */
  readonly evaluations: Map<string, readonly object[]>;
  /** Classes by the names that they had at run time, where others are their ids; null for a name of several. */
  readonly formerNames: Map<string, object | null>;
  /** The turn of the running code that registers a class. */
  turn: object | undefined;
  /** Names that two of those share. */
  readonly ambiguous: Set<string>;
  /** The key of the `Layout` on values that came out of a journal in part. */
  readonly layout: symbol;
  /** The functions that replace the missing parts of such values. */
  readonly lost: WeakMap<object, { readonly thrown?: unknown }>;
  /** What such values inherit in the place of their class. */
  readonly remains: Map<string, object>;
  /** Warnings that are given once. */
  readonly told: Set<string>;
  /** Functions of the platform that tests watch: by how many, and what takes that back. */
  readonly world: { users: number; restores: (() => void)[] };
}

const KEY: unique symbol = Symbol.for('use-durable/process') as never;
/** Where 0.1.0, which shares nothing else, keeps its listeners for rejections. */
const KEY_OF_0_1: unique symbol = Symbol.for('use-durable.rejections') as never;

type Global = { [KEY]?: Joined; [KEY_OF_0_1]?: unknown };

const newIndex = (): ClassIndex => ({ byId: new Map(), byPrototype: new Map(), testing: new Set() });

const newState = (): ProcessState => ({
  protocol: PROTOCOL,
  copies: [],
  functions: new Map(),
  formerIds: new Map(),
  renamed: new Map(),
  refused: new Map(),
  unread: new Set(),
  contexts: new AsyncLocalStorage(),
  handoff: undefined,
  marks: new WeakSet(),
  lowered: new WeakSet(),
  ownPromises: new WeakMap(),
  unsettled: new WeakSet(),
  gates: new WeakSet(),
  made: new WeakMap(),
  held: new WeakMap(),
  readOn: new WeakMap(),
  holders: new WeakMap(),
  chained: new WeakMap(),
  schedulers: new WeakMap(),
  inBodies: new WeakMap(),
  deadlines: new WeakMap(),
  hasDeadlines: false,
  rejectAround: undefined,
  failures: new WeakMap(),
  rejections: new WeakMap(),
  watchesRejections: false,
  stores: new WeakMap(),
  defaultRuntime: undefined,
  registered: newIndex(),
  offered: newIndex(),
  evaluations: new Map(),
  formerNames: new Map(),
  turn: undefined,
  ambiguous: new Set(),
  layout: Symbol('use-durable.layout'),
  lost: new WeakMap(),
  remains: new Map(),
  told: new Set(),
  world: { users: 0, restores: [] },
});

/** @throws IncompatibleCopiesError if a copy of another protocol has been loaded, UnsupportedError on an older Node */
function join(): ProcessState {
  requireNode(process.versions.node);
  const shared = globalThis as Global;
  const own = ownCopy();
  refuseRuntimeOf01();
  const found = shared[KEY];
  if (found !== undefined && found.protocol !== PROTOCOL)
    throw new IncompatibleCopiesError(found.copies[0], own);
  const state = (found as ProcessState | undefined) ?? newState();
  if (!state.copies.some(({ path, version }) => path === own.path && version === own.version))
    state.copies.push(own);
  if (found === undefined)
    Object.defineProperty(shared, KEY, { value: state, configurable: true, writable: true });
  return state;
}

const ownCopy = (): Copy => ({ version: VERSION, path: ownPath() });

/** The file of this module, or of the bundle that it is in, by the stack: `import.meta` is empty in CommonJS. */
function ownPath(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const frame = /\bat (?:.*? \()?(.+?):\d+(?::\d+)?\)?$/m.exec(String(stack))?.[1];
  return frame?.replace(/^file:\/\//, '').replace(/[?#].*$/, '') ?? 'an unknown file';
}

export const state: ProcessState = join();

/** A runtime of 0.1.0 knows of no other copy: functions that were compiled for this one would be runs of their own. */
export function refuseRuntimeOf01(): void {
  if ((globalThis as Global)[KEY_OF_0_1] !== undefined) throw incompatibleWith('0.1.0', 'an unknown file');
}

/** @param path of the other copy, or of something that was compiled for it */
export function incompatibleWith(version: string, path: string): IncompatibleCopiesError {
  return new IncompatibleCopiesError({ version, path }, ownCopy());
}

/** True for the first report of this text in the process. */
export function isNews(what: string): boolean {
  if (state.told.has(what)) return false;
  state.told.add(what);
  return true;
}
