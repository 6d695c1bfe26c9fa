import { findRecordedRun } from '../inspect/look.ts';
import type { TimelineRow } from '../inspect/rows.ts';
import { type RunView, valueIn, viewOf } from '../inspect/view.ts';
import type { Mask } from '../observe/masking.ts';
import { figureOf, keyOfBox } from '../picture/figure-of.ts';
import { layoutOf } from '../picture/layout/layout.ts';
import { layRun } from '../picture/run-marks.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import type { FigurePage, Row, RunPage, ShownValue, SourcePage, Values } from './api.ts';
import { BoxesOfRun } from './boxes.ts';
import { itemOf } from './lists.ts';
import { reasonsOf } from './reasons.ts';
import { ShownTexts } from './shown-text.ts';
import { sourceLines } from './source-lines.ts';

/** A run with its rows; undefined if there is none. Rejects with StoreError. */
export async function runPage(source: InspectSource, mask: Mask, id: string): Promise<RunPage | undefined> {
  const run = await findRecordedRun(source, id);
  if (run === undefined) return undefined;
  const view = viewOf(run);
  const { record, outcome, file, code, rows } = view;
  const version = code[record.fn];
  const boxes = new BoxesOfRun(run);
  const texts = new ShownTexts(mask, record);
  const reasons = await reasonsOf(source, run, boxes, texts);
  return {
    run: itemOf(record, texts),
    ...(outcome !== undefined && { endedAt: outcome.at }),
    ...(file !== undefined && { file }),
    ...(version !== undefined && { version }),
    reasons,
    rows: rows.map((row) => rowOf(row, boxes, view, texts)),
    signals: [...new Set(reasons.flatMap(({ signal }) => signal ?? []))],
    callbacks: rows.flatMap(({ kind, state, key }) =>
      kind === 'callback' && state === 'waiting' ? [key.replace(/:result$/, '')] : [],
    ),
  };
}

/** Nothing secret is in it: neither a token, nor a value. */
function rowOf(row: TimelineRow, boxes: BoxesOfRun, { record, outcome }: RunView, texts: ShownTexts): Row {
  const { key, kind, title, label, place, state, startedAt, endedAt, attempts, until, error, name, depth } =
    row;
  const box = boxes.keyOf(key);
  const begin = startedAt ?? endedAt ?? record.createdAt;
  // What was open when the run ended goes on no more.
  const isCutOff = endedAt === undefined && outcome !== undefined;
  const end = endedAt ?? outcome?.at;
  const failure = error?.text ?? attempts.at(-1)?.error?.text;
  return {
    key,
    title: label ?? title,
    kind,
    depth,
    state: isCutOff && state !== 'failed' ? 'cancelled' : state,
    ...(place !== undefined && place.file === boxes.file && { line: place.line }),
    startedAt: begin,
    ...(end !== undefined && { endedAt: end }),
    ...(until !== undefined && endedAt === undefined && { until }),
    attempts: attempts.at(-1)?.number ?? 1,
    ...(failure !== undefined && state !== 'done' && { error: texts.errorLine(failure, key) }),
    ...(box !== undefined && { box }),
    ...(kind === 'child' && name !== undefined && { child: name }),
  };
}

/** What somebody has sent to the run is no result of its own. */
const KINDS = { step: 'result', received: 'payload', 'child-started': 'result' } as const;

interface ValueRequest {
  readonly id: string;
  readonly key: string | undefined;
  readonly whole: boolean;
}

/** What a row has recorded; without a key, the input and the outcome of the run. Rejects with StoreError. */
export async function valuesOf(
  source: InspectSource,
  mask: Mask,
  { id, key, whole }: ValueRequest,
): Promise<Values | undefined> {
  const stored = await source.load(id);
  if (stored === undefined) return undefined;
  const { events, record } = stored;
  const texts = new ShownTexts(mask, record);
  const values: ShownValue[] = [];
  if (key === undefined) {
    const [input, outcome] = [valueIn(events, 'input'), valueIn(events, 'outcome')];
    if (input !== undefined) values.push(texts.value('input', input, { kind: 'input' }, whole));
    const last = events.at(-1);
    if (outcome !== undefined && last?.type === 'run-ended')
      values.push(
        last.ok
          ? texts.value('result', outcome, { kind: 'result' }, whole)
          : texts.error('error', outcome, { kind: 'error' }, whole),
      );
    return { values };
  }
  for (const event of events) {
    if (!('key' in event) || event.key !== key) continue;
    if (event.type === 'attempt-failed')
      values.push(texts.error(`attempt ${event.attempt}`, event.value, { kind: 'error', key }, whole));
    else if (event.type === 'step' || event.type === 'received' || event.type === 'child-started')
      values.push(
        event.ok
          ? texts.value('result', event.value, { kind: KINDS[event.type], key }, whole)
          : texts.error('error', event.value, { kind: 'error', key }, whole),
      );
  }
  return { values };
}

/** The drawing of its function with the run laid over it. Rejects with StoreError. */
export async function figurePage(
  source: InspectSource,
  mask: Mask,
  id: string,
): Promise<FigurePage | undefined> {
  const run = await findRecordedRun(source, id);
  if (run === undefined) return undefined;
  const boxes = new BoxesOfRun(run);
  const { flow } = boxes;
  if (flow === undefined) return {};
  const laid = layRun(flow, run);
  // Of what is open the journal may have nothing yet.
  const reasons = await reasonsOf(source, run, boxes, new ShownTexts(mask, run.record));
  const open = new Map(reasons.flatMap((reason) => (reason.box === undefined ? [] : [[reason.box, reason]])));
  const { fn } = run.record;
  const figure = figureOf(
    fn.slice(fn.lastIndexOf('#') + 1),
    flow,
    {
      ...laid.marks,
      box: (site) => {
        const known = laid.marks.box?.(site);
        const reason = open.get(keyOfBox(site));
        if (known !== undefined || reason === undefined) return known;
        return { tone: reason.isWait ? 'waiting' : 'running' };
      },
    },
    laid.summary,
  );
  return { drawing: layoutOf(figure) };
}

/** Rejects with StoreError. */
export async function sourcePage(
  source: InspectSource,
  id: string,
  root: string,
): Promise<SourcePage | undefined> {
  const run = await findRecordedRun(source, id);
  if (run === undefined) return undefined;
  const { fn, createdAt } = run.record;
  return sourceLines(run.manifests.get(fn), root, createdAt);
}
