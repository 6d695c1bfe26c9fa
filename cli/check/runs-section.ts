import { plural, styled, wrap } from '../base/terminal.ts';
import { misfitText } from '../changes/edit-text.ts';
import type { RunGroup, RunsReport } from '../changes/runs.ts';
import type { MisfitValues } from '../changes/values.ts';
import type { Section } from './section.ts';

/** So many ids of runs are named; JSON has all. */
const NAMED = 10;

const FATES: Readonly<Record<RunGroup['fate'], (count: number) => string>> = {
  'goes-on': (count) => (count === 1 ? 'goes on' : 'go on'),
  parked: (count) => (count === 1 ? 'is parked' : 'are parked'),
  'may-park': () => 'may be parked',
  unknown: () => 'may be parked',
};

/** What becomes of the runs of a store. */
export function runsSection(report: RunsReport): Section {
  const { groups, store, total, isReplayed, misfits } = report;
  const fns = [...new Set(groups.map(({ fn }) => fn))];
  const byFunction = fns.map((fn) => [fn, groups.filter((group) => group.fn === fn)] as const);
  const lines = byFunction.map(([fn, parts]) => functionText(fn, parts));
  const head = wrap(
    total === 0
      ? `${store}: no unfinished runs.`
      : `${store}: ${plural(total, 'unfinished run')}${isReplayed ? ', replayed where the code was changed' : ''}.`,
    0,
  );
  const parking = groups.filter(({ fate }) => fate !== 'goes-on').length + misfits.length;
  return {
    key: 'runs',
    json: { store, replayed: isReplayed, total, groups, results: misfits },
    blocks: [...lines, ...misfits.map(misfitBlock), head],
    markdown: [
      ...byFunction.map(([fn, parts]) => markdownText(fn, parts)),
      ...misfits.map((one) => `- ${one.place}: ${misfitSentence(one)}`),
      '',
      head,
    ].join('\n'),
    errors: 0,
    warnings: 0,
    parking,
  };
}

const nameOf = (fn: string): string => fn.slice(fn.lastIndexOf('#') + 1);

function sentence(fn: string, groups: readonly RunGroup[]): string {
  const count = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const parts = groups.map(({ fate, place, runs }) => {
    const at = place === '' ? '' : ` at ${place}`;
    return `${runs.length} ${FATES[fate](runs.length)}${at}`;
  });
  return `${plural(count, 'run')} of ${nameOf(fn)}: ${parts.join(', ')}`;
}

const idsOf = ({ runs }: Pick<RunGroup, 'runs'>): string =>
  runs.slice(0, NAMED).join(', ') + (runs.length > NAMED ? `, and ${runs.length - NAMED} more` : '');

function misfitSentence(misfit: MisfitValues): string {
  const { looked, runs, version, fn } = misfit;
  const of = `${nameOf(fn)} with the code version ${version}`;
  const how = `Of ${plural(looked, 'value')} that runs of ${of} have recorded, ${plural(runs.length, 'run')} ${runs.length === 1 ? 'has' : 'have'} such a one`;
  return `${misfitText(misfit, 'is')} ${how}: ${idsOf(misfit)}.`;
}

const misfitBlock = (misfit: MisfitValues): string =>
  wrap(`${styled('cyan', misfit.place)} ${styled('yellow', 'result')}: ${misfitSentence(misfit)}`, 0);

function functionText(fn: string, groups: readonly RunGroup[]): string {
  const bad = groups.filter(({ fate }) => fate !== 'goes-on');
  const details = bad.map((group) => {
    const colour = group.fate === 'parked' ? 'red' : 'yellow';
    const at = group.place === '' ? '' : ` at ${group.place}`;
    const head = `${styled(colour, FATES[group.fate](group.runs.length))}${at}: ${idsOf(group)}`;
    const reason = group.reason.split('\n').map((line) => wrap(line.trim(), 4));
    return [wrap(head, 2), ...reason].join('\n');
  });
  return [styled('bold', wrap(sentence(fn, groups), 0)), ...details].join('\n');
}

function markdownText(fn: string, groups: readonly RunGroup[]): string {
  const bad = groups.filter(({ fate }) => fate !== 'goes-on');
  return [
    `- ${sentence(fn, groups)}`,
    ...bad.map((group) => `  - ${group.place || group.reason.split('\n')[0]}: ${idsOf(group)}`),
  ].join('\n');
}
