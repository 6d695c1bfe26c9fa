const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** In the two largest units: `2 d 3 h`. */
export function durationText(ms: number): string {
  const at = UNITS.findIndex(([unit]) => ms >= unit);
  if (at === -1) return `${Math.round(ms)} ms`;
  const [unit, name] = UNITS[at]!;
  const next = UNITS[at + 1];
  const rest = next === undefined ? 0 : Math.floor((ms % unit) / next[0]);
  const whole = `${Math.floor(ms / unit)} ${name}`;
  return next === undefined || rest === 0 ? whole : `${whole} ${rest} ${next[1]}`;
}
