import { MisuseError } from './errors.ts';
import {
  dateInvalid,
  dateTooLate,
  durationNegative,
  durationTooLong,
  durationUnreadable,
  lengthOfTimeNeeded,
} from './messages/options.ts';

type Unit =
  | 'ms'
  | 'millisecond'
  | 'milliseconds'
  | 's'
  | 'sec'
  | 'second'
  | 'seconds'
  | 'm'
  | 'min'
  | 'minute'
  | 'minutes'
  | 'h'
  | 'hour'
  | 'hours'
  | 'd'
  | 'day'
  | 'days'
  | 'w'
  | 'week'
  | 'weeks';

/**
 * How long to wait: milliseconds, a number with a unit (`'5s'`, `'1.5 hours'`), or the moment itself. At most 100 years, and
 * not beyond the year 9999.
 */
export type Duration = number | Date | `${number}${Unit}` | `${number} ${Unit}`;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** A longer wait is surely a mistake in units. */
const LONGEST = 100 * 366 * DAY;
/** So is a later moment, such as microseconds that were taken for milliseconds. The same for every replay. */
const LATEST = Date.UTC(10_000, 0) - 1;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  s: SECOND,
  sec: SECOND,
  second: SECOND,
  seconds: SECOND,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  minutes: MINUTE,
  h: HOUR,
  hour: HOUR,
  hours: HOUR,
  d: DAY,
  day: DAY,
  days: DAY,
  w: WEEK,
  week: WEEK,
  weeks: WEEK,
};

/**
 * Turns a duration into a function from the time of the call to the due time, both in ms since the epoch. A moment in the past
 * is due at once.
 *
 * @param what names the call in messages
 * @throws MisuseError for NaN, negative numbers, more than 100 years, invalid dates, dates after the year 9999, and texts that
 * are not durations.
 */
export function parseDuration(duration: Duration, what = 'sleep'): (now: number) => number {
  if (duration instanceof Date) {
    const due = duration.getTime();
    if (Number.isNaN(due)) throw new MisuseError(dateInvalid(what));
    if (due > LATEST) {
      throw new MisuseError(dateTooLate(what, duration.getUTCFullYear()));
    }
    return () => due;
  }
  const ms = milliseconds(what, duration);
  return (now) => now + ms;
}

/**
 * A duration that isn't a moment, in ms.
 *
 * @param what names it in messages
 * @throws MisuseError as `parseDuration`, and for a Date
 */
export function parseSpan(what: string, duration: Duration): number {
  if (duration instanceof Date) throw new MisuseError(lengthOfTimeNeeded(what));
  return milliseconds(what, duration);
}

function milliseconds(what: string, duration: number | string): number {
  const ms = typeof duration === 'number' ? duration : parseText(what, duration);
  if (!(ms >= 0)) {
    throw new MisuseError(durationNegative(what, show(duration), ms));
  }
  if (ms > LONGEST) {
    throw new MisuseError(durationTooLong(what, show(duration)));
  }
  return Math.ceil(ms);
}

function parseText(what: string, text: unknown): number {
  const match = typeof text === 'string' ? /^(-?\d+(?:\.\d+)?) ?([a-z]+)$/.exec(text) : null;
  const unit = match === null ? undefined : UNITS[match[2]!];
  if (match === null || unit === undefined) {
    throw new MisuseError(durationUnreadable(what, show(text)));
  }
  return Number(match[1]) * unit;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
