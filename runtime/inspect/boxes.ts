import type { FlowSite } from '../functions/flow.ts';

/** The boxes to which something belongs that was recorded under an id: one, unless the table of steps has no such site. */
export function boxesWith(boxes: readonly FlowSite[], recorded: string): readonly FlowSite[] {
  const listed = boxes.filter(({ id, type }) => id === recorded && type !== 'await');
  if (listed.length > 0) return listed;
  const noted = boxes.filter(({ id, also = [] }) => id === recorded || also.includes(recorded));
  if (noted.length > 0) return noted;
  const fitting = boxes.filter(({ pattern }) => pattern !== undefined && fits(pattern, recorded));
  // The one that says most.
  const most = Math.max(...fitting.map(({ pattern = '' }) => pattern.length));
  return fitting.filter(({ pattern = '' }) => pattern.length === most);
}

function fits(pattern: string, recorded: string): boolean {
  const name = recorded.startsWith('"') ? (JSON.parse(recorded) as string) : recorded;
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}

/** A scope or a site in a key. */
interface KeyPart {
  /** With its count: `charge[2]`. */
  readonly text: string;
  readonly id: string;
}

/** The scopes from the outside, then the site. A name given by hand may contain slashes; then it is in quotes. */
export function partsOf(key: string): readonly KeyPart[] {
  const parts = key.match(/"(?:[^"\\]|\\.)*"(?:\[\d+\])?|[^/]+/g) ?? [];
  return parts.map((text) => ({ text, id: text.replace(/\[\d+\]$/, '') }));
}
