/**
 * The floors of the house, from the ground up. A file imports from its own floor and from floors before it, types included.
 * A floor is a folder, or a file at the root of its part.
 */
export interface Floor {
  readonly path: string;
  /** What it is for. */
  readonly purpose: string;
}

const floors = (
  part: string,
  list: readonly (readonly [path: string, purpose: string])[],
): readonly Floor[] => list.map(([path, purpose]) => ({ path: `${part}/${path}`, purpose }));

/** The compiler and the runtime don't import from each other. The command line tool imports from both. */
export const PARTS: Readonly<Record<'transformer' | 'runtime' | 'cli', readonly Floor[]>> = {
  transformer: floors('transformer', [
    ['base', 'the plan, the catalogue of diagnostics, ids of files'],
    ['lock', 'durable.lock.json: its text, and which calls of the code are those of the lock'],
    ['syntax', 'questions to the syntax tree'],
    ['file', 'one file: its bindings, its module format, what has compiled it before'],
    ['find', 'durable functions and their ids'],
    ['body', 'the body of one durable function: callees, captured variables, names of sites'],
    ['flow', 'promises that are not awaited where they are made'],
    ['chart', 'the flow of control of one durable function, as people see it'],
    ['check', 'diagnostics from syntax'],
    ['check-types', 'diagnostics from types'],
    ['plan', 'the edits of a file, one planner for each kind of node'],
    ['analyze.ts', 'the order of all passes'],
    ['course', 'what decides which calls of a function come, and in which order'],
    ['shapes', 'what journals have of values, by their types, and what fits it'],
    ['emit', 'the plan carried out: on the text, or on the syntax tree'],
    ['compile.ts', 'one text'],
    ['compile-file.ts', 'one file of a project'],
    ['index.ts', 'the public API'],
    ['editor', 'what editors show: places on hover, ids in the line, quick fixes'],
    ['hosts', 'compilers, bundlers, editors and linters that call it'],
  ]),
  runtime: floors('runtime', [
    ['base', 'errors, durations, keys, checks of options, the state of the process'],
    ['port', 'what an engine has to do'],
    ['values', 'the codec: values and errors as text'],
    ['functions', 'durable functions, and the rule that tells steps from workflow code'],
    ['run', 'one run while its code executes'],
    ['scope', 'what compiled code calls'],
    ['api', 'what users call inside of durable functions'],
    ['journal', 'events, and the replay machine'],
    ['stores', 'memory and SQLite behind one port'],
    ['observe', 'events for listeners, OpenTelemetry'],
    ['local/time', 'clocks, timers, turns of the event loop'],
    ['local/commit', 'group commit, and the lease that it needs'],
    ['local/messages', 'what comes to runs from outside'],
    ['local/run', 'one run over a journal: replayed, then live'],
    ['local/worker', 'all runs of one process, and the runtime as users see it'],
    ['inspect', 'what a journal and a store say of a run: its rows, its boxes, what it waits for'],
    ['picture', 'the flow of a function as a drawing, with a run laid over it'],
    ['engines/aws-lambda', 'AWS Lambda Durable Functions'],
    ['engines/aws-local', 'handlers of their SDK over our stores'],
    ['engines/restate', 'Restate'],
    ['http', 'createHandler, toNodeListener'],
    ['dashboard', 'createDashboard: its server, and in page/ what runs in the browser'],
    ['testing/runtime', 'the runtime in virtual time'],
    ['testing/sweep', 'crashSweep'],
    ['testing/index.ts', 'the testing kit'],
    ['tools', 'runs of a store against functions that are loaded, for tools'],
    ['tools.ts', 'what the command line tool needs'],
    ['compiled.ts', 'the names that compiled code imports'],
    ['index.ts', 'the public API'],
  ]),
  cli: floors('cli', [
    ['base', 'findings, the terminal, the TypeScript of a project'],
    ['edit', 'additions to configurations that keep what is there'],
    ['runs', 'the store of running workers, and which of its runs are meant'],
    ['steer', 'what people do to runs'],
    ['ls', 'the runs of a store'],
    ['show', 'one run: its timeline, its outcome'],
    ['why', 'what a run waits for'],
    ['export', 'one run as a file'],
    ['project', 'files, packages, scripts and imports of a project'],
    ['compile', 'the durable functions of a whole project, with types'],
    ['routes', 'the table of build tools, and how a project uses them'],
    ['doctor', 'what is compiled, by what, and what is not'],
    ['init', 'what is missing, shown, and written'],
    ['changes', 'two sides of a project, and what was changed between them'],
    ['freeze', 'the old code of a function written beside the new one'],
    ['check', 'the diagnostics of a project, in sections'],
    ['lock', 'durable.lock.json written, or compared with the code'],
    ['graph', 'the flow of a function as a picture'],
    ['explain', 'what codes, keys and compiled files mean'],
    ['execute', 'durable functions of a project run in this process'],
    ['dev', 'a worker that is started again when its code changes'],
    ['completion', 'what shells complete'],
    ['build', 'a project compiled to JavaScript, without ts-patch'],
    ['web', 'the page on which runs are seen and steered'],
    ['commands.ts', 'the commands and their arguments'],
    ['main.ts', 'the process of the command'],
  ]),
};

/** The number of the floor of a file in its part; undefined if it is on none. */
export function floorOf(file: string): number | undefined {
  const part = PARTS[file.split('/', 1)[0] as keyof typeof PARTS] ?? [];
  const at = part.findIndex(({ path }) => file === path || file.startsWith(`${path}/`));
  return at === -1 ? undefined : at;
}
