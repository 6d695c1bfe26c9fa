import type { FlowNode, FlowSite, FunctionFlow } from '../functions/flow.ts';
import type { JournalEvent } from '../journal/events.ts';
import { boxesWith, partsOf } from './boxes.ts';
import { durationText } from './duration-text.ts';
import { sitesIn } from './walk.ts';

/** How far a run has come with a box. */
export type State = 'done' | 'running' | 'waiting' | 'failed';

/** What a journal says of one box, over all times that the run was there. */
export interface BoxState {
  readonly state: State;
  readonly times: number;
  readonly note?: string;
}

/** One key of a run. */
interface Place {
  state: State;
  attempts: number;
  /** ms */
  lasted: number;
  until: number | undefined;
}

/** The states of the boxes of a function, from the journal of a run. */
export function statesOf(
  flow: FunctionFlow,
  events: readonly JournalEvent[],
  textOf: (time: number) => string,
): ReadonlyMap<FlowSite, BoxState> {
  const places = new Map<string, Place>();
  for (const event of events) if ('key' in event) note(places, event);
  const found = new Map<FlowSite, Map<string, Place>>();
  for (const [key, place] of places) {
    const at = placeOf(flow, key);
    if (at === undefined) continue;
    const known = found.get(at.site) ?? new Map<string, Place>();
    // Of what another durable function recorded, the last counts.
    found.set(at.site, known.set(at.call, place));
  }
  return new Map([...found].map(([site, all]) => [site, summed([...all.values()], textOf)]));
}

interface Found {
  readonly site: FlowSite;
  /** The part of the key that stands for one call of it. */
  readonly call: string;
}

/** The box of a key. Keys of other durable functions belong to the box that calls them. */
function placeOf(flow: FunctionFlow, key: string): Found | undefined {
  const isResult = key.endsWith(':result');
  const parts = partsOf(isResult ? key.slice(0, -':result'.length) : key);
  let body: FlowNode = flow.body;
  for (const [index, { id }] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const inner = isLast ? undefined : flow.functions.find(({ scope }) => scope === id);
    if (inner === undefined) {
      const site = boxOf(flow, sitesIn(body), id, isLast && isResult);
      const call = parts
        .slice(0, index + 1)
        .map(({ text }) => text)
        .join('/');
      return site && { site, call };
    }
    body = inner.body;
  }
  return undefined;
}

function boxOf(
  flow: FunctionFlow,
  sites: readonly FlowSite[],
  id: string,
  isResult: boolean,
): FlowSite | undefined {
  const everywhere = [flow.body, ...flow.functions.map((fn) => fn.body)].flatMap(sitesIn);
  const waiting = isResult ? everywhere.find(({ of }) => of === id) : undefined;
  // A parameter's key is one of the function around.
  return (
    waiting ??
    boxesWith(sites, id)[0] ??
    boxesWith(
      everywhere.filter(({ outer }) => outer),
      id,
    )[0]
  );
}

function note(places: Map<string, Place>, event: Extract<JournalEvent, { key: string }>): void {
  const place = places.get(event.key) ?? { state: 'running', attempts: 1, lasted: 0, until: undefined };
  places.set(event.key, place);
  switch (event.type) {
    case 'step':
      place.state = event.ok ? 'done' : 'failed';
      place.attempts = event.attempt;
      place.lasted = event.at - event.startedAt;
      return;
    case 'attempt-failed':
      place.state = 'waiting';
      place.attempts = event.attempt + 1;
      place.until = event.retryAt;
      return;
    case 'wait-set':
    case 'expiry-set':
      place.state = 'waiting';
      place.until = event.until;
      return;
    case 'received':
    case 'child-started':
      place.state = event.ok ? 'done' : 'failed';
      return;
    case 'expired':
      place.state = 'failed';
      return;
    case 'step-started':
    case 'begun':
      return;
    default:
      place.state = 'done';
  }
}

const RANK: readonly State[] = ['done', 'failed', 'running', 'waiting'];

/** What is still going on counts most. */
function summed(places: readonly Place[], textOf: (time: number) => string): BoxState {
  const state = places.map((place) => place.state).sort((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0]!;
  const shown = places.filter((place) => place.state === state);
  const facts: string[] = [];
  const attempts = Math.max(...shown.map((place) => place.attempts));
  if (attempts > 1) facts.push(state === 'waiting' ? `attempt ${attempts}` : `${attempts} attempts`);
  const until = shown.map((place) => place.until).filter((time) => time !== undefined);
  if (state === 'waiting' && until.length > 0) facts.push(`until ${textOf(Math.min(...until))}`);
  const lasted = Math.max(...shown.map((place) => place.lasted));
  if (state !== 'waiting' && lasted >= 1000) facts.push(durationText(lasted));
  return { state, times: places.length, ...(facts.length > 0 && { note: facts.join(' · ') }) };
}
