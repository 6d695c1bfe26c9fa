import type { FlowSite } from '../functions/flow.ts';
import type { RecordedRun } from '../local/run/recorded-run.ts';
import type { RunRecord } from '../stores/store.ts';
import type { Way } from './actions.ts';
import { blocked, driving, ended } from './driving.ts';
import { frontierOf, type SiteProgress } from './frontier.ts';
import { Places } from './places.ts';
import type { Facts, Reason } from './reason.ts';
import type { TimelineRow } from './rows.ts';
import { timelineOf } from './timeline.ts';

/** What a run waits for: the most pressing reason first. */
export function whyOf(run: RecordedRun, facts: Facts): readonly Reason[] {
  const { record, events, manifests } = run;
  if (record.status === 'blocked') return [blocked(record)];
  if (record.status !== 'running') return [ended(record, events)];
  const places = new Places(record.fn, manifests);
  const { rows } = timelineOf(events, places, Number.POSITIVE_INFINITY);
  const open = rows.filter(
    ({ state, kind }) => kind !== 'scope' && (state === 'waiting' || state === 'running'),
  );
  const waits = open.flatMap((row) => waitOf(row, record, facts));
  const { reasons, drives } = driving(record, facts);
  return [...reasons, ...waits, ...guesses(run, rows, places, drives)];
}

/** A wait that the journal has. */
function waitOf(row: TimelineRow, { id }: RunRecord, facts: Facts): readonly Reason[] {
  const { key, title, place, startedAt, until, attempts, kind } = row;
  const base = {
    key,
    title,
    ...(place && { place }),
    ...(startedAt !== undefined && { since: startedAt }),
    ...(until !== undefined && { until }),
  };
  if (row.state === 'running') return [{ ...base, kind: 'step', text: 'A step is under way.', ways: [] }];
  const last = attempts.at(-1);
  if (last?.error !== undefined) {
    const isDue = (until ?? 0) <= facts.now;
    const text = isDue
      ? `Attempt ${last.number + 1} of a step is due or under way.`
      : `A step failed and is tried again.`;
    const error = last.error.text;
    const failed = { since: last.endedAt ?? 0, attempts: last.number, ...(error !== undefined && { error }) };
    return [
      { ...base, ...failed, kind: isDue ? 'step' : 'retry', text, ways: [{ text: 'by itself' }, cancel(id)] },
    ];
  }
  if (kind === 'callback') {
    const { token = '' } = row;
    const settle = { text: 'whoever has the token', action: { type: 'settle', token } } as const;
    return [
      {
        ...base,
        kind,
        text: 'It waits for the answer to a callback.',
        token,
        ways: [settle, ...overTime(until)],
      },
    ];
  }
  if (kind === 'child') return [childOf(row, base, id, facts)];
  if (kind === 'sleep')
    return [{ ...base, kind, text: 'It sleeps.', ways: [{ text: 'by itself' }, cancel(id)] }];
  return [signalOf(row, base, id)];
}

type Base = Omit<Reason, 'kind' | 'text' | 'ways'>;

function signalOf(row: TimelineRow, base: Base, id: string): Reason {
  const name = row.name ?? signalName(row.title);
  const send = {
    text: 'a signal',
    action: { type: 'signal', run: id, ...(name !== undefined && { name }) },
  } as const;
  return {
    ...base,
    kind: 'signal',
    text: name === undefined ? 'It waits for a signal.' : `It waits for the signal "${name}".`,
    ...(name !== undefined && { name }),
    ways: [send, ...overTime(base.until)],
  };
}

/** The name of the signal where it is written in the call: `waitFor('approved')`. */
const signalName = (title: string): string | undefined =>
  /\b(?:waitFor|signals)(?:<.*>)?\(\s*(['"`])((?:(?!\1)[^\\$])+)\1/.exec(title)?.[2];

function childOf(row: TimelineRow, base: Base, id: string, { others }: Facts): Reason {
  const site = row.key.slice(0, -':result'.length);
  const open = others.filter(({ status }) => status === 'running' || status === 'blocked');
  const child = others.find((one) => one.id === `${id}/${site}`) ?? (open.length === 1 ? open[0] : undefined);
  if (child === undefined)
    return {
      ...base,
      kind: 'child',
      text: 'It waits for another run.',
      ways: [{ text: 'the end of that run' }],
    };
  const why = { text: 'the end of that run', action: { type: 'why', run: child.id } } as const;
  return {
    ...base,
    kind: 'child',
    name: child.id,
    text: `It waits for the run "${child.id}", which is ${child.status}.`,
    ways: [why],
  };
}

const overTime = (until: number | undefined): readonly Way[] =>
  until === undefined ? [] : [{ text: 'its time limit' }];

const cancel = (run: string): Way => ({ text: 'its cancellation', action: { type: 'cancel', run } });

/** Where the run may be by its code, for what the journal doesn't have. */
function guesses(
  { record }: RecordedRun,
  rows: readonly TimelineRow[],
  places: Places,
  drives: boolean,
): readonly Reason[] {
  const { flow } = places;
  if (flow === undefined) return [];
  const progress = new Map<FlowSite, SiteProgress>();
  for (const [at, { key, state, kind }] of rows.entries()) {
    if (kind === 'scope') continue;
    const { box } = places.find(key);
    if (box !== undefined)
      progress.set(box, { at, state: state === 'running' || state === 'waiting' ? 'open' : state });
  }
  const since = rows.reduce((last, { endedAt = 0 }) => Math.max(last, endedAt), record.createdAt);
  return frontierOf(flow, progress).flatMap((box): readonly Reason[] => {
    const place = places.placeOf(box);
    const base = {
      title: box.label ?? box.title,
      key: box.id,
      byCode: true,
      since,
      ...(place && { place }),
    } as const;
    if (box.type === 'signal') return [signalOf({ title: box.title } as TimelineRow, base, record.id)];
    if (!drives || (box.type !== 'step' && box.type !== 'await')) return [];
    return [{ ...base, kind: 'step', text: 'By the code, this step is under way or comes next.', ways: [] }];
  });
}
