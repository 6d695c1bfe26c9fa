import type { SiteKind } from '../base/plan.ts';
import type { Place } from './place-in-function.ts';

const KINDS: Readonly<Record<SiteKind, (id: string) => string>> = {
  step: (id) => `Step ${id}. Its outcome is recorded, and a replay does not run it again.`,
  sleep: (id) => `Wait ${id}. It goes on after a restart.`,
  signal: (id) => `Wait ${id} for a signal. It goes on after a restart.`,
  callback: (id) => `Callback ${id}. It is recorded, and stays open after a restart.`,
  child: (id) => `Child run ${id}. Its outcome is recorded.`,
  combinator: (id) => `Wait ${id} for several promises. Its outcome is recorded.`,
  call: (id) =>
    `Step ${id} if it returns a promise. If not, it is workflow code, which every replay runs again.`,
};

/** What an editor says of a place, in Markdown. */
export function hoverText(place: Place): string {
  switch (place.kind) {
    case 'function':
      return `Durable function ${quoted(place.durable.id)}.`;
    case 'site':
      return KINDS[place.site.kind](quoted(place.site.id));
    case 'in a step':
      return `Part of ${place.id === undefined ? 'a step' : `step ${quoted(place.id)}`}. A replay does not run it again.`;
    case 'workflow code':
      return 'Workflow code. Every replay runs it again.';
  }
}

const quoted = (id: string): string => (id.includes('`') ? `\`\` ${id} \`\`` : `\`${id}\``);
