import type { Course, Mark } from './course.ts';

/**
 * A course without the branches that the old one doesn't have: `if (since('name')) ...`. Runs that had passed the place skip the
 * branch, and nothing is recorded behind the place of those that take it. So it is as if it were not there. Branches that leave the
 * function, or change what decides something, stay.
 */
export function withoutNewBranches(course: Course, old: Course): Course {
  const known = new Set(old.flatMap((mark) => guardOf(mark) ?? []));
  const kept: Mark[] = [];
  for (let at = 0; at < course.length; at++) {
    const mark = course[at]!;
    const guard = guardOf(mark);
    const end = guard === undefined || known.has(guard) ? -1 : endOf(course, at);
    if (end === -1 || !course.slice(at + 1, end).every((inner) => isInBranch(inner, guard!))) kept.push(mark);
    else at = end;
  }
  return kept;
}

const guardOf = ({ kind, text }: Mark): string | undefined =>
  kind === 'open' ? /^open:if:since:([\w.-]+)$/.exec(text)?.[1] : undefined;

/** The place of the end of a construct; -1 where it has a second part, as by `else`, or no end. */
function endOf(course: Course, start: number): number {
  let depth = 0;
  for (let at = start; at < course.length; at++) {
    const { kind } = course[at]!;
    if (kind === 'open') depth++;
    else if (kind === 'part' && depth === 1) return -1;
    else if (kind === 'close' && --depth === 0) return at;
  }
  return -1;
}

/** Calls of the branch have ids of their own. */
const isInBranch = ({ kind, what }: Mark, guard: string): boolean =>
  kind === 'call'
    ? new RegExp(`#${guard.replaceAll('.', '\\.')}(#\\d+)?$`).test(what)
    : kind === 'open' || kind === 'part' || kind === 'close';
