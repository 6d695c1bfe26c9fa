import { DuplicateFunctionError, NotCompiledError, UnknownFunctionError } from '../base/errors.ts';
import { becauseAmbiguous, becauseNotCompiled, functionAt } from '../base/messages/runs.ts';
import { installedTwice } from '../base/messages/warnings.ts';
import { incompatibleWith, isNews, PROTOCOL, state } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';
import { definitionWithId } from '../values/functions.ts';
import {
  type AnyFunction,
  Definition,
  type DefinitionMeta,
  DURABLE,
  keyOf,
  moduleOf,
  registry,
  unread,
} from './definition.ts';
import { type Installation, installationOf } from './installations.ts';
import type { Site } from './manifest.ts';

const byFormerId = state.formerIds as Map<string, Map<string, Definition>>;
/** Functions of files with an error. */
const refused = state.refused as Map<string, Definition>;

/**
 * Registers a durable function under its id. The same id from the same file belongs to a module that was evaluated again, for
 * example by a development server. The newer function is used from then on, also if its place has changed: the compiler reports
 * two functions of one file with one id. Runs that are under way continue with the function they began with.
 *
 * A package that is installed twice has two functions with one id. If they are the same, the one that is loaded last is used,
 * with a warning.
 *
 * Functions with one id and different numbers are versions of one function. The newest of them has the highest number, or none.
 *
 * @throws DuplicateFunctionError if another file has the id (and number) already, or the same file of another version of the package
 */
export function define(meta: DefinitionMeta): Definition {
  const key = keyOf(meta);
  const found = registry.get(key);
  // Under an id alone may be the highest of several numbers.
  const known = found?.meta.number === meta.number ? found : undefined;
  const definition = new Definition(meta, define);
  refused.delete(key);
  if (meta.error !== undefined) {
    refused.set(key, definition);
    if (known !== undefined && isReload(known.meta, meta)) forget(known, key);
    return remember(definition);
  }
  if (known !== undefined) {
    if (!isReload(known.meta, meta)) {
      throw new DuplicateFunctionError(key, place(known.meta), place(meta));
    }
    refuseOtherInstallation(known, definition);
    // Runs that began with it go on with the classes of its module; those that are read later are found first.
    if (unread.delete(known)) known.readClasses();
  }
  registry.set(key, definition);
  setNewest(definition);
  return remember(definition);
}

const age = ({ meta: { number } }: Definition): number => number ?? Number.POSITIVE_INFINITY;

function setNewest(definition: Definition): void {
  const newest = registry.get(definition.id);
  if (newest === undefined || age(newest) <= age(definition)) registry.set(definition.id, definition);
}

/** A function that was compiled has an error now. */
function forget(known: Definition, key: string): void {
  registry.delete(key);
  if (registry.get(known.id) === known) registry.delete(known.id);
  for (const version of versionsOf(known.id)) setNewest(version);
}

/** All loaded versions of the function with this id, the newest among them. */
export function versionsOf(id: string): readonly Definition[] {
  const versions = new Set<Definition>();
  const newest = registry.get(id);
  if (newest !== undefined) versions.add(newest);
  for (const definition of registry.values()) if (definition.id === id) versions.add(definition);
  return [...versions];
}

function remember(definition: Definition): Definition {
  const { id, name } = definition.meta;
  if (name === undefined) return definition;
  const namesakes = byFormerId.get(name) ?? new Map<string, Definition>();
  byFormerId.set(name, namesakes.set(id, registry.get(id) ?? definition));
  return definition;
}

/** The functions that had this id in 0.1.0. */
const namesakesOf = (id: string): readonly Definition[] => [...(byFormerId.get(id)?.values() ?? [])];

/** Whether the one is the other's function, of a module that was evaluated again. */
const isReload = (one: DefinitionMeta, other: DefinitionMeta): boolean =>
  one.file === other.file && one.package === other.package;

/** @throws DuplicateFunctionError */
function refuseOtherInstallation(known: Definition, definition: Definition): void {
  const places = [known, definition].map(installationWith);
  const [one, other] = places;
  if (one === undefined || other === undefined || one.folder === other.folder) return;
  const { id, package: name = 'a package' } = definition.meta;
  if (!isSameCode(known.meta, definition.meta) || one.version !== other.version)
    throw new DuplicateFunctionError(id, shownPlace(one), shownPlace(other), name);
  if (!isNews(`installed twice: ${one.folder} ${other.folder}`)) return;
  emitWarning('USE_DURABLE_INSTALLED_TWICE', installedTwice(name, one.folder, other.folder, id));
}

function installationWith({ origin, meta }: Definition): Installation | undefined {
  const { path } = origin;
  return path === undefined ? undefined : installationOf(path, meta.package);
}

/** A compiler of 0.1.0 wrote no digests: then nothing else can be said. */
const isSameCode = (one: DefinitionMeta, other: DefinitionMeta): boolean =>
  one.version === other.version && one.module === other.module;

const shownPlace = ({ folder, version }: Installation): string =>
  version === undefined ? folder : `${folder} (version ${version})`;

const place = (meta: DefinitionMeta): string => `${moduleOf(meta)}:${meta.line}`;

/** Why a function can't run that has an error in its file. */
export function refusalOf({ meta }: Definition): NotCompiledError | undefined {
  const { error, file, id, line } = meta;
  return error && new NotCompiledError(functionAt(id, file, line), { ...error, fileName: file });
}

/**
 * The first statement of a function in a file with an error.
 *
 * @throws NotCompiledError
 */
export function refuse(definition: Definition): never {
  throw refusalOf(definition);
}

/** What keeps a run whose function can't be found by its id. */
export function unknownFunction(runId: string, fn: string): UnknownFunctionError {
  const namesakes = namesakesOf(fn);
  if (namesakes.length > 1)
    return new UnknownFunctionError(
      runId,
      fn,
      becauseAmbiguous(
        fn,
        namesakes.map(({ id, meta }) => ({ id, line: meta.line })),
      ),
    );
  const known = refused.get(fn) ?? refused.get(namesakes[0]?.id ?? fn);
  const why = known && refusalOf(known);
  return new UnknownFunctionError(runId, fn, why && becauseNotCompiled(why.message));
}

/**
 * The durable function with this id, if its module has been loaded. An id of 0.1.0, which was the name of the function
 * alone, is that of the function with this name, where there is only one.
 */
export const findDefinition = (id: string): Definition | undefined =>
  definitionWithId(id) as Definition | undefined;

/** Whether a module with a function of this id has been loaded, be it one with an error. */
export const isLoaded = (id: string): boolean => registry.has(id) || refused.has(id);

/** Tells that a function had this id before its file was renamed. A function that has the id now comes first. */
export function rename(formerId: string, { id }: Definition): void {
  if (formerId !== id) state.renamed.set(formerId, id);
}

/**
 * The ids under which runs of this process's functions may be found: those of all durable functions whose modules have been
 * loaded, those that they had in 0.1.0, and those that they had before their files were renamed.
 */
export const definedFunctions = (): readonly string[] => [
  ...new Set([...definitions().map(({ id }) => id), ...byFormerId.keys(), ...state.renamed.keys()]),
];

/** All durable functions whose modules have been loaded. */
export const definitions = (): readonly Definition[] => [...new Set(registry.values())];

/** The ids under which runs may be of the function whose id, or whose id in 0.1.0, is given. */
export function idsOf(fn: string): readonly string[] {
  const known = registry.get(fn);
  if (known === undefined) return [...new Set([fn, presentId(fn), ...namesakesOf(fn).map(({ id }) => id)])];
  const former = [known.name, ...state.renamed.keys()];
  return [fn, ...former.filter((id) => id !== fn && findDefinition(id) === known)];
}

/** The id that a function has now whose id was recorded; the same where this process doesn't know it. */
export const presentId = (fn: string): string => findDefinition(fn)?.id ?? fn;

/** Whether a run that is recorded under an id is one of this function. */
export const isOf = (fn: string, definition: Definition): boolean => presentId(fn) === definition.id;

/** The definition that the compiler attached to a function. */
export function definitionOf(fn: unknown): Definition | undefined {
  if (typeof fn !== 'function') return undefined;
  const found = Reflect.get(fn, DURABLE) as Partial<Definition> | null | undefined;
  if (found === undefined || found === null) return undefined;
  if (found.protocol === PROTOCOL) return found as Definition;
  // A mock may have something under every key.
  if (typeof found.meta?.id !== 'string') return undefined;
  throw incompatibleWith('of another kind', found.meta.file);
}

/**
 * The definition of a function that is to run.
 *
 * @param what says which function is meant
 * @throws NotCompiledError for one that isn't durable or wasn't compiled
 */
export function compiledDefinition(fn: unknown, what: string): Definition {
  const definition = definitionOf(fn);
  if (definition === undefined) throw new NotCompiledError(what);
  const refusal = refusalOf(definition);
  if (refusal !== undefined) throw refusal;
  return definition;
}

/** The places in a durable function at which it may wait, in source order; empty for one that wasn't compiled. */
export function stepsOf(fn: AnyFunction): readonly Site[] {
  const steps = (definitionOf(fn)?.meta.steps ?? []).filter(({ kind }) => kind !== 'call');
  return steps.map(({ id, kind, line, column }) => ({ id, kind, line, column }));
}
