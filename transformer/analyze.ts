import type ts from 'typescript';
import type { Diagnostic } from './base/diagnostics.ts';
import type { FileId } from './base/file-id.ts';
import type { FileLock, LockProblem } from './base/locked.ts';
import { type FunctionInfo, functionKey, type Manifest, type Plan, PlanBuilder } from './base/plan.ts';
import { Reporter } from './base/reporter.ts';
import { quickView, type TypeScript } from './base/typescript.ts';
import { createBody } from './body/body.ts';
import { errorClasses } from './body/error-classes.ts';
import { HelperReads } from './body/helper-reads.ts';
import { SiteNames } from './body/name-sites.ts';
import { SinceGuards } from './body/since-guards.ts';
import type { UnawaitedCall } from './body/unawaited-calls.ts';
import { checkAbandonedWaits } from './check/abandoned-waits.ts';
import { checkEffects } from './check/effects.ts';
import { checkHelpers } from './check/helpers.ts';
import { checkKeptResults } from './check/kept-results.ts';
import { checkListeners } from './check/listeners.ts';
import { checkOutsideState } from './check/outside-state.ts';
import { checkPrivateCalls } from './check/private-calls.ts';
import { checkTakenPromises } from './check/promises-in-results.ts';
import { checkPositions } from './check/read-positions.ts';
import { checkReceiver } from './check/receivers.ts';
import { checkSchedulers } from './check/schedulers.ts';
import { checkSharedWork } from './check/shared-work.ts';
import { checkStateBetweenSteps } from './check/state-between-steps.ts';
import { checkUnfinished } from './check/unfinished.ts';
import { checkTypes, type TypedParts } from './check-types/index.ts';
import type { ProgramTypes } from './check-types/program-types.ts';
import { Bindings } from './file/bindings.ts';
import type { EarlierTools, FileContext } from './file/file-context.ts';
import { moduleDigest } from './file/module-digest.ts';
import { ModuleState } from './file/module-state.ts';
import { NodeIndex } from './file/node-index.ts';
import { type DurableFunction, findDirectives } from './find/find-directives.ts';
import { trackPromises } from './flow/track-promises.ts';
import { createPlanner } from './plan/create-planner.ts';
import { planDurableFunction, planHeader } from './plan/module.ts';
import { planRefusal } from './plan/refusal.ts';
import { planRegistrations } from './plan/registrations.ts';

export { ProgramTypes } from './check-types/index.ts';

/** One durable function of a file, and the nodes of its sites. */
export interface AnalyzedFunction extends Pick<TypedParts, 'body' | 'sites'> {
  /** The closures that have scopes, each with the id of its scope. */
  readonly closures: ReadonlyMap<ts.Node, string>;
}

/** All that analysis knows about a file. */
export interface Analysis {
  readonly plan: Plan;
  readonly functions: readonly FunctionInfo[];
  /** The functions in the tree. */
  readonly inTree: readonly AnalyzedFunction[];
  readonly diagnostics: readonly Diagnostic[];
  /** Of the functions, by their keys. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** The keys of functions that were compiled before. */
  readonly compiledIds: ReadonlySet<string>;
  /** Checks that need types, for hosts that have types. */
  checkTypes(types: ProgramTypes): readonly Diagnostic[];
  /** The plan of a file with errors. At least one error is given. */
  refusal(errors: readonly Diagnostic[]): Plan;
}

/**
 * Analyzes a file. The passes, in this order:
 *
 * 1. `find-directives`: which functions are durable, and their ids;
 * 2. `track-promises`: which un-awaited calls give promises that are used later;
 * 3. `plan-body`, with one planner for each kind of node: what becomes of each node, and the ids of the sites;
 * 4. `plan-module`: what ties the functions to the runtime.
 *
 * @param sourceFile with parents set; not changed
 * @param fileName as it goes into diagnostics
 * @param tools what is known of other tools that have had the file
 * @param lock the ids that sites had before
 * @param fileId what goes into the ids of functions; where there is none, ids are the names of functions alone
 */
export function analyze(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  fileName: string,
  fileId?: FileId,
  tools: EarlierTools = 'look',
  lock?: FileLock,
): Analysis {
  const view = quickView(ts);
  const newContext = (): FileContext =>
    createContext(view, sourceFile, { fileName, fileId, tools, lock }, new Reporter(sourceFile, fileName));
  const refusal = (errors: readonly Diagnostic[]): Plan => planRefusal(newContext(), errors);
  try {
    return { ...analyzeFile(newContext()), refusal };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const diagnostics = [tooDeep(sourceFile, fileName)];
    return {
      plan: NOTHING,
      functions: [],
      inTree: [],
      diagnostics,
      manifests: new Map(),
      compiledIds: new Set(),
      checkTypes: () => [],
      refusal,
    };
  }
}

/** The diagnostic of code that is nested so deeply, hundreds or thousands of levels, that the stack overflows. */
export function tooDeep(sourceFile: ts.SourceFile, fileName: string): Diagnostic {
  const reporter = new Reporter(sourceFile, fileName);
  reporter.report('tooDeep', sourceFile.statements[0] ?? sourceFile);
  return reporter.diagnostics[0]!;
}

const NOTHING: Plan = { header: '', edits: new Map(), references: new Map(), touched: new Set() };

function analyzeFile(file: FileContext): Omit<Analysis, 'refusal'> {
  const { reporter } = file;
  const { durable: functions, compiled } = findDirectives(file);
  const plan = new PlanBuilder();
  const infos: FunctionInfo[] = [];
  const manifests = new Map<string, Manifest>();
  const typed: (TypedParts & AnalyzedFunction)[] = [];
  let header = '';
  if (functions.length > 0) {
    const runtime = file.freshOnce('$durable');
    const declarations = new Map<ts.Node, DurableFunction>(
      functions.map((durable) => [durable.node, durable]),
    );
    const classes = errorClasses(file, plan);
    const statements: string[] = [];
    const state = new ModuleState(file);
    const reads = new HelperReads(() => file);
    const literals = new Map<string, string>();
    for (const durable of functions) {
      const body = createBody(file, durable, declarations);
      const names = new SiteNames(file, new SinceGuards(body), literals, isRenamed(file, durable));
      const unawaited: UnawaitedCall[] = [];
      const flow = trackPromises(body);
      const planner = createPlanner({ file, body, plan, names, flow, runtime, unawaited });
      const { statement, info, manifest } = planDurableFunction(planner, classes);
      statements.push(statement);
      manifests.set(functionKey(durable), manifest);
      checkOutsideState(body, names.nodes, state);
      checkStateBetweenSteps(body, names.nodes, state);
      checkKeptResults(body, names.nodes);
      checkReceiver(body, names.nodes);
      checkPositions(body, names.nodes);
      checkAbandonedWaits(body, names.nodes);
      const helperCalls = checkHelpers(body, names.nodes, unawaited, reads);
      checkUnfinished(body);
      const taken = checkTakenPromises(body, flow);
      checkSharedWork(body, flow, taken);
      checkPrivateCalls(body);
      checkListeners(body);
      checkSchedulers(body);
      const plainCalls = checkEffects(body, unawaited);
      typed.push({
        body,
        flow,
        taken,
        sites: names.nodes,
        closures: names.closures,
        plainCalls,
        helperCalls,
      });
      infos.push({ ...info, steps: names.sites.filter(({ kind }) => kind !== 'call') });
    }
    plan.fillIn(literals);
    header = planHeader(file, runtime, statements);
    if (file.lock?.problem) reportProblem(file, file.lock, file.lock.problem, functions[0]!);
  }
  planRegistrations(file, plan);
  reporter.diagnostics.sort((a, b) => a.start - b.start);
  return {
    plan: { header, edits: plan.edits, references: plan.references, touched: plan.touched() },
    functions: infos,
    inTree: typed,
    diagnostics: reporter.diagnostics,
    manifests,
    compiledIds: compiled.ids,
    checkTypes: (types) => checkTypes(types, typed),
  };
}

/** Whether a function may get other ids than those that its names make. */
function isRenamed({ lock, tools }: FileContext, durable: DurableFunction): boolean {
  const key = functionKey(durable);
  return typeof tools === 'object' && 'source' in tools
    ? tools.source.get(key)?.renamed !== undefined
    : lock?.of(key) !== undefined;
}

/** A lock that can't be read. */
function reportProblem(
  { reporter }: FileContext,
  { name }: FileLock,
  { line, what, isMerge }: LockProblem,
  { node }: DurableFunction,
): void {
  const hint = isMerge
    ? 'Solve the conflicts of the source first. Then run `npx durable lock`, which puts both sides of the lock together.'
    : 'Take the file of the last commit, `git checkout durable.lock.json`, and run `npx durable lock`.';
  reporter.report('lockUnreadable', node, `${name}:${line}`, what, hint);
}

function createContext(
  ts: TypeScript,
  sourceFile: ts.SourceFile,
  given: Pick<FileContext, 'fileName' | 'fileId' | 'tools' | 'lock'>,
  reporter: Reporter,
): FileContext {
  const bindings = new Bindings(ts);
  const nodes = new NodeIndex(ts, sourceFile, bindings);
  const taken = new Set<string>();
  const fresh = (name: string): string => {
    let free = name;
    while (nodes.hasName(free) || taken.has(free)) free += '_';
    return free;
  };
  let digest: { readonly of: string | undefined } | undefined;
  const file: FileContext = {
    ts,
    sourceFile,
    ...given,
    moduleDigest: () => {
      digest ??= { of: moduleDigest(file) };
      return digest.of;
    },
    bindings,
    nodes,
    origins: new Map(),
    reporter,
    fresh,
    freshOnce: (name) => {
      const free = fresh(name);
      taken.add(free);
      return free;
    },
    positionOf: (node) => {
      const { line, character } = sourceFile.getLineAndCharacterOfPosition(node.getStart(sourceFile));
      return { line: line + 1, column: character + 1 };
    },
  };
  return file;
}
