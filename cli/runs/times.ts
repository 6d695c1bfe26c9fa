/** Times as people read them, in the time zone of the terminal. */

const two = (number: number): string => String(number).padStart(2, '0');

export function dateText(time: number): string {
  const at = new Date(time);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function clockText(time: number): string {
  const at = new Date(time);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-05-01 12:00:00` */
export const timeText = (time: number): string => `${dateText(time)} ${clockText(time)}`;

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** In its largest unit, rounded: `3 d ago`, `in 5 min`. */
export function agoText(time: number, now: number): string {
  const away = Math.abs(now - time);
  const unit = UNITS.find(([ms]) => away >= ms);
  if (unit === undefined) return 'now';
  const text = `${Math.round(away / unit[0])} ${unit[1]}`;
  return time > now ? `in ${text}` : `${text} ago`;
}
