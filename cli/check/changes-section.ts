import type { EditPlace, Freedom } from '../../runtime/tools.ts';
import { plural, styled, widthOf, wrap } from '../base/terminal.ts';
import type { Change, ChangeEdit, Comparison } from '../changes/compare.ts';
import { adviceText, changeText, consequenceText, VERDICTS } from '../changes/edit-text.ts';
import type { Section } from './section.ts';

const COLOURS = { free: 'green', passed: 'yellow', breaking: 'red' } as const satisfies Record<
  Freedom,
  string
>;

export function changesSection(comparison: Comparison): Section {
  const { changes, against, broken } = comparison;
  const parking = changes.filter(({ verdict }) => verdict !== 'free');
  return {
    key: 'changes',
    json: jsonOf(comparison),
    blocks: [
      ...changes.map((change) => changeBlock(change, comparison)),
      ...(broken.length > 0 ? [brokenNote(broken, against)] : []),
      summaryOf(comparison),
    ],
    markdown: markdownOf(comparison),
    errors: 0,
    warnings: 0,
    parking: parking.length,
  };
}

const brokenNote = (files: readonly string[], against: string): string =>
  wrap(
    `Note: ${files.join(', ')} can't be read in ${against} for errors of syntax, so nothing is compared there.`,
    0,
  );

function summaryOf({ changes, against }: Comparison): string {
  const count = (verdict: Freedom): number => changes.filter((one) => one.verdict === verdict).length;
  if (changes.length === 0) return wrap(`Compared with ${against}: no durable function was changed.`, 0);
  const parts = (['free', 'passed', 'breaking'] as const).flatMap((verdict) =>
    count(verdict) > 0 ? [`${count(verdict)} ${VERDICTS[verdict]}`] : [],
  );
  return wrap(
    `Compared with ${against}: ${plural(changes.length, 'durable function')} changed, ${parts.join(', ')}.`,
    0,
  );
}

function changeBlock(change: Change, comparison: Comparison): string {
  const { old, now, verdict, edits } = change;
  const at = now ?? old;
  const moved = now && now.file !== old.file ? ` (was ${old.file})` : '';
  const head = `${styled('bold', old.name)} ${at.file}:${at.line}${moved}`;
  return [
    wrap(`${head} - ${styled(COLOURS[verdict], VERDICTS[verdict])}`, 0),
    ...edits.map((edit) => editBlock(edit, change, comparison)),
  ].join('\n\n');
}

function editBlock(edit: ChangeEdit, change: Change, comparison: Comparison): string {
  const { old, now } = change;
  const advice = adviceText(edit, change);
  return [
    wrap(
      `${styled(COLOURS[edit.verdict], edit.kind)}: ${changeText(edit)} ${consequenceText(edit, change)}`,
      2,
    ),
    ...frame('before', old.file, edit.old, comparison.readBefore),
    ...(now ? frame('now', now.file, edit.now, comparison.readNow) : []),
    ...(advice === undefined ? [] : [wrap(advice, 2)]),
  ].join('\n');
}

function frame(
  when: string,
  file: string,
  place: EditPlace | undefined,
  read: (file: string) => string | undefined,
): readonly string[] {
  if (place === undefined) return [];
  const text = read(file)?.split(/\r?\n/)[place.line - 1];
  const gutter = `    ${place.line} | `;
  const at = `    ${styled('cyan', `${file}:${place.line}:${place.column}`)} ${when}`;
  return text === undefined ? [at] : [at, `${gutter}${part(text, place.column, widthOf() - gutter.length)}`];
}

/** The part of a line around a place, if the line is longer than what fits. */
function part(line: string, column: number, width: number): string {
  const text = line.trim();
  if (text.length <= width) return text;
  const indent = line.length - line.trimStart().length;
  const start = Math.max(0, Math.min(column - 1 - indent - Math.floor(width / 2), text.length - width));
  return text.slice(start, start + width);
}

/** The stable shape of `--json`. */
const jsonOf = ({ against, changes, broken }: Comparison): object => ({
  against,
  unreadable: broken,
  functions: changes.map((change) => {
    const { old, now, verdict, edits } = change;
    return {
      id: old.id,
      verdict,
      before: { file: old.file, line: old.line, version: old.version },
      now: now ? { file: now.file, line: now.line, version: now.version } : null,
      edits: edits.map((edit) => ({
        kind: edit.kind,
        what: edit.what,
        verdict: edit.verdict,
        before: edit.old ?? null,
        now: edit.now ?? null,
        reached: edit.reached,
        message: `${changeText(edit)} ${consequenceText(edit, change)}`,
        advice: adviceText(edit, change) ?? null,
      })),
    };
  }),
});

const SIGNS = { free: '🟢', passed: '🟡', breaking: '🔴' } as const satisfies Record<Freedom, string>;

/** For a comment at a pull request. */
function markdownOf(comparison: Comparison): string {
  const { changes } = comparison;
  if (changes.length === 0) return summaryOf(comparison);
  const rows = changes.flatMap((change) => {
    const { old, now, verdict, edits } = change;
    const at = now ?? old;
    const head = `| ${SIGNS[verdict]} | \`${old.name}\` ${at.file}:${at.line} | ${VERDICTS[verdict]} |`;
    return [
      head,
      ...edits.map((edit) => `| | ${cell(placesText(edit, change))} | ${cell(sentence(edit, change))} |`),
    ];
  });
  return [
    '| | function | runs under way |',
    '| --- | --- | --- |',
    ...rows,
    '',
    flat(summaryOf(comparison)),
  ].join('\n');
}

const sentence = (edit: ChangeEdit, change: Change): string =>
  [changeText(edit), consequenceText(edit, change), adviceText(edit, change) ?? ''].join(' ').trim();

function placesText(edit: ChangeEdit, { old, now }: Change): string {
  const places = [
    ...(edit.old ? [`before: ${old.file}:${edit.old.line}`] : []),
    ...(edit.now && now ? [`now: ${now.file}:${edit.now.line}`] : []),
  ];
  return places.join(', ');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const flat = (text: string): string => text.replaceAll('\n', ' ');
