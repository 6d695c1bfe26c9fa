import { durationText } from '../../../inspect/duration-text.ts';
import { now } from '../base/clock.ts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const momentText = (time: number): string => moment.format(time);

/** How long ago, or in how long, by the clock of the server. The moment itself is in the tooltip. */
export function Ago({ time }: { readonly time: number }) {
  return (
    <time dateTime={new Date(time).toISOString()} title={momentText(time)}>
      {agoText(time)}
    </time>
  );
}

function agoText(time: number): string {
  const age = now.value - time;
  if (Math.abs(age) < 1000) return 'now';
  const text = durationText(Math.floor(Math.abs(age) / 1000) * 1000);
  return age > 0 ? `${text} ago` : `in ${text}`;
}

/** From one moment to another, or to now. */
export const Lasted = ({ from, to }: { readonly from: number; readonly to: number | undefined }) => (
  <span>{durationText(Math.max(0, (to ?? now.value) - from))}</span>
);
