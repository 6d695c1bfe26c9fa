import type { Action } from '../inspect/actions.ts';
import { type FoundRun, factsOf } from '../inspect/look.ts';
import type { Reason as Found } from '../inspect/reason.ts';
import { whyOf } from '../inspect/why.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import { hasEnded } from '../stores/store.ts';
import type { Reason, RunAction } from './api.ts';
import type { BoxesOfRun } from './boxes.ts';
import type { ShownTexts } from './shown-text.ts';

const WAITS: ReadonlySet<Found['kind']> = new Set(['sleep', 'signal', 'callback', 'child', 'retry']);

/** With the name of the signal that it is about. */
type NamedReason = Reason & { readonly signal?: string };

/** What a run waits for, and what would end that. Rejects with StoreError. */
export async function reasonsOf(
  source: InspectSource,
  run: FoundRun,
  boxes: BoxesOfRun,
  texts: ShownTexts,
): Promise<readonly NamedReason[]> {
  if (hasEnded(run.record.status)) return [];
  const found = whyOf(run, await factsOf(source, run, Date.now()));
  return found.map((reason) => shown(reason, boxes, texts));
}

/** Without the token of a callback. */
function shown(reason: Found, boxes: BoxesOfRun, texts: ShownTexts): NamedReason {
  const { text, title, place, key, byCode = false, since, until, error, name, kind, ways } = reason;
  const box = byCode ? place && boxes.at(place.line, place.column) : key && boxes.keyOf(key);
  return {
    text,
    ...(title !== undefined && { title }),
    ...(place !== undefined && place.file === boxes.file && { line: place.line }),
    ...(key !== undefined && !byCode && { key }),
    ...(box !== undefined && box !== '' && { box }),
    isByCode: byCode,
    isWait: WAITS.has(kind),
    ...(since !== undefined && { since }),
    ...(until !== undefined && Number.isFinite(until) && { until }),
    ...(error !== undefined && { error: texts.errorLine(error, key) }),
    ...(kind === 'child' && name !== undefined && { child: name }),
    ...(kind === 'signal' && name !== undefined && { signal: name }),
    ways: ways.map(({ text: way, action }) => {
      const type = action && actionOf(action);
      return { text: way, ...(type !== undefined && { action: type }) };
    }),
  };
}

const actionOf = ({ type }: Action): RunAction['type'] | undefined => (type === 'why' ? undefined : type);
