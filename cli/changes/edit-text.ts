import type { Edit, Freedom } from '../../runtime/tools.ts';
import { MISSING, type Misfit } from '../../transformer/shapes/fits.ts';
import type { Change, ChangeEdit } from './compare.ts';

/** What was changed, as a sentence. */
export function changeText(edit: ChangeEdit): string {
  if (edit.kind === 'result') return misfitText(edit);
  if (edit.kind === 'kept')
    return `Its code is version ${edit.number} now, kept as \`${edit.what}\`, and new runs begin with the newest version.`;
  return callText(edit);
}

/** What of recorded values doesn't fit, or may not: of real ones it is known. */
export function misfitText(
  { what, path, recorded, expected }: MisfitOf,
  known: 'may' | 'is' = 'may',
): string {
  const whole = what === '' ? 'arguments' : 'result';
  const subject = what === '' ? 'The input of runs' : `What \`${what}\` has recorded`;
  const found = recorded === MISSING ? 'missing' : `\`${recorded}\``;
  const [fit, be] = known === 'may' ? ['may not fit', 'may be'] : ["doesn't fit", 'is'];
  return `${subject} ${fit} what the code expects: \`${whole}${path}\` ${be} ${found}, and \`${expected}\` is expected.`;
}

type MisfitOf = Misfit & { readonly what: string };

function callText({ kind, what }: Edit): string {
  switch (kind) {
    case 'added':
      return `A call of \`${what}\` was added.`;
    case 'removed':
      return `The call \`${what}\` was removed.`;
    case 'moved':
      return `The call \`${what}\` was moved.`;
    case 'arguments':
      return `The call \`${what}\` gets other arguments. Recorded outcomes are kept.`;
    case 'uncertain':
      return `It isn't certain which call of \`${what.replace(/#\d+$/, '')}\` is which.`;
    case 'decision':
      return `What decides which calls come was changed: \`${what}\`.`;
    case 'drifting':
      return `What \`${what}\` is given may be changed while it is under way.`;
    case 'unknown':
      return 'The source of the recorded version is not at hand, so only the calls could be compared.';
    case 'gone':
      return `The function \`${what}\` is not there any more.`;
  }
}

/** What becomes of runs under way. */
export function consequenceText({ verdict, reached, kind }: ChangeEdit, { old }: Change): string {
  if (verdict === 'free') return 'Runs go on.';
  if (kind === 'result')
    return reached.length === 0
      ? 'All runs go on with the input that they were started with.'
      : `Runs that have recorded \`${reached[0]}\` go on with what is recorded.`;
  if (kind === 'gone') return 'All its runs are parked.';
  if (kind === 'drifting') return 'Runs in which it is under way may be parked.';
  if (verdict === 'breaking') return 'All runs that have recorded anything may be parked.';
  const first = old.sites.find(({ id }) => id === reached[0]);
  const at = first ? ` (${old.file}:${first.line})` : '';
  const rest = reached.length > 1 ? ' or what comes after it' : '';
  return `Runs that have recorded \`${reached[0]}\`${at}${rest} may be parked; others go on.`;
}

const KEEP =
  'Or keep the old function beside the new one, for the runs that it has: `npx durable freeze` writes it';

/** What to write instead. */
export function adviceText({ kind, verdict, what }: ChangeEdit, { heir, old }: Change): string | undefined {
  if (verdict === 'free') return undefined;
  switch (kind) {
    case 'added':
      return `Write it as a branch for runs that come to it later, \`if (since('name')) ...\`, or put it last. ${KEEP}.`;
    case 'uncertain':
      return `Give the calls names with \`step('name', ...)\`, or put new ones behind the others. ${KEEP}.`;
    case 'drifting':
      return `Give \`${what}\` a copy: a value that nothing changes later.`;
    case 'result':
      return what === ''
        ? `Let the function take both: give new parameters a default, and keep the meaning of the others. ${KEEP}.`
        : `Let the code take both forms, or call it again under another name where runs come to it later: \`if (since('name')) ...\`. ${KEEP}.`;
    case 'gone':
      return heir
        ? `If \`${heir.name}\` in ${heir.file} is the same function, keep its id: \`'use durable as ${old.id}'\`.`
        : 'Keep it until its runs have ended.';
    case 'unknown':
      return 'Name the revision that was deployed: `--against <revision>`.';
    default:
      return `Put what is new into a branch, \`if (since('name')) ... else ...\`. ${KEEP}.`;
  }
}

export const VERDICTS: Readonly<Record<Freedom, string>> = {
  free: 'free',
  passed: 'free unless a run has passed it',
  breaking: 'breaking',
};
