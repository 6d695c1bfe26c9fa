import type { FlowNode, FlowSite, FunctionFlow } from '../functions/flow.ts';
import { durationText } from '../inspect/duration-text.ts';
import { idleTime } from '../inspect/idle.ts';
import { statesOf } from '../inspect/states.ts';
import { sitesIn, visit } from '../inspect/walk.ts';
import type { RecordedRun } from '../local/run/recorded-run.ts';
import type { Marks } from './figure-of.ts';

/** A run laid over the flow of its function. */
export interface LaidRun {
  readonly marks: Marks;
  /** `completed · 3 d · idle 2 d 23 h`. */
  readonly summary: string;
}

/** Times are in UTC, so that a drawing is the same for everybody. */
const timeText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

export function layRun(flow: FunctionFlow, { events, record }: RecordedRun): LaidRun {
  const states = statesOf(flow, events, timeText);
  const reached = (site: FlowSite): boolean => states.has(site);
  return {
    marks: {
      box: (site) => {
        const known = states.get(site);
        if (known === undefined) return undefined;
        const { state, times, note } = known;
        return { tone: state, ...(note !== undefined && { note }), ...(times > 1 && { badge: `×${times}` }) };
      },
      loop: (loop) => {
        const rounds = Math.max(0, ...sitesIn(loop).map((site) => states.get(site)?.times ?? 0));
        return rounds < 2 ? undefined : `${rounds} rounds`;
      },
      passed: (node) => {
        const sites = reachable(flow, node);
        return sites.length === 0 ? undefined : sites.some(reached);
      },
    },
    summary: summaryOf(events, record.status),
  };
}

/** The boxes of a part and of the functions that it calls. */
function reachable(flow: FunctionFlow, node: FlowNode, open: readonly number[] = []): readonly FlowSite[] {
  const sites: FlowSite[] = [];
  visit(node, (inner) => {
    if (inner.kind === 'site') sites.push(inner);
    else if (inner.kind === 'use' && !open.includes(inner.fn))
      sites.push(...reachable(flow, flow.functions[inner.fn]!.body, [...open, inner.fn]));
  });
  return sites;
}

function summaryOf(events: RecordedRun['events'], status: string): string {
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return status;
  const whole = last.at - first.at;
  const idle = idleTime(events);
  const waited = idle < 1000 ? '' : ` · idle ${durationText(idle)}`;
  return `${status} · ${durationText(whole)}${waited}`;
}
