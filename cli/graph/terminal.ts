import type { Box, Branch, Figure, Part } from '../../runtime/tools/picture.ts';
import { cutOff } from '../../runtime/tools/picture.ts';

/** How a text of a kind is shown: coloured on a terminal. */
export type Paint = (what: Box['tone'] | 'title' | 'faint' | 'throws', text: string) => string;

/** A figure as lines for a terminal of so many columns. */
export function toText(figure: Figure, columns: number, paint: Paint): string {
  const lines: string[] = [];
  const parts = partsOf(figure.body);
  const [start, ...rest] = parts;
  if (start?.kind === 'pill') lines.push(paint('title', cutOff(start.title, columns)));
  write(rest, '');
  for (const { title, body } of figure.panels) {
    lines.push('', paint('title', cutOff(title, columns)));
    write(partsOf(body), '');
  }
  return `${lines.join('\n')}\n`;

  function write(items: readonly Part[], indent: string): void {
    const entries = items.flatMap(entriesOf);
    for (const [index, { text, tone, inside }] of entries.entries()) {
      const isLast = index === entries.length - 1;
      const lead = `${indent}${isLast ? '└─ ' : '├─ '}`;
      const shown = cutOff(text, Math.max(columns - lead.length, 8));
      lines.push(paint('faint', lead) + (tone === undefined ? shown : paint(tone, shown)));
      write(inside, `${indent}${isLast ? '   ' : '│  '}`);
    }
  }
}

interface Entry {
  readonly text: string;
  readonly tone?: Parameters<Paint>[0];
  readonly inside: readonly Part[];
}

const partsOf = (part: Part): readonly Part[] => (part.kind === 'row' ? part.parts : [part]);

function entriesOf(part: Part): readonly Entry[] {
  switch (part.kind) {
    case 'row':
      return part.parts.flatMap(entriesOf);
    case 'box': {
      const more = [part.badge, part.note].filter((text) => text !== undefined);
      const text = `${part.icon} ${part.title}${more.length === 0 ? '' : `  ${more.join(' · ')}`}`;
      return [{ text, ...(part.tone !== 'plain' && { tone: part.tone }), inside: [] }];
    }
    case 'pill': {
      const tone = part.look === 'throw' ? ({ tone: 'throws' } as const) : {};
      return [{ text: part.title, ...tone, inside: [] }];
    }
    case 'choice':
      return choiceOf(part.title, part.branches);
    case 'loop':
    case 'frame': {
      const many = part.kind === 'frame' && part.look === 'many' ? '∥ ' : '';
      const badge = part.badge === undefined ? '' : `  ${part.badge}`;
      return [{ text: `${many}${part.title}${badge}`, inside: [part.body] }];
    }
    case 'guarded':
      return [
        { text: 'try', inside: [part.body] },
        { text: part.caught.title, tone: 'throws', inside: [part.caught.body] },
      ];
    case 'parallel': {
      const branches = part.branches.flatMap(entriesOf);
      const inside = part.branches.map((body): Part => (body.kind === 'row' ? { ...WRAPPED, body } : body));
      return branches.length === 0 ? [] : [{ text: `${part.title}: ${part.join}`, inside }];
    }
  }
}

const WRAPPED = { kind: 'frame', title: 'branch', look: 'block' } as const;

/** A guard stands on one line: `no stock ?  yes → return`. */
function choiceOf(title: string, branches: readonly Branch[]): readonly Entry[] {
  const shown = branches.filter(({ body }) => partsOf(body).length > 0);
  const [only, more] = shown;
  const pill = only && more === undefined ? partsOf(only.body) : [];
  if (only && pill.length === 1 && pill[0]!.kind === 'pill')
    return [{ text: `${title}  ${only.label} → ${pill[0]!.title}`, inside: [] }];
  const inside = shown.map(({ label, body }): Part => ({ kind: 'frame', title: label, look: 'block', body }));
  return [{ text: title, inside }];
}
