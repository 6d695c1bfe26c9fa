/** The time by the clock of the server: that of the browser may be wrong by hours. */
import { signal } from '@preact/signals';

let offset = 0;
/** How exactly it is known, in ms: half of the time that a request took. */
let uncertainty = Number.POSITIVE_INFINITY;

export function heardFromServer(time: number, sent: number, received: number): void {
  if (!(time > 0)) return;
  const doubt = (received - sent) / 2;
  const found = time - (sent + doubt);
  // A better one counts; so does one that can't be explained by doubt, since clocks are set.
  if (doubt > uncertainty && Math.abs(found - offset) < doubt + uncertainty) return;
  offset = found;
  uncertainty = doubt;
}

const serverTime = (): number => Date.now() + offset;

/** Ages are computed anew with it, once a second. */
export const now = signal(serverTime());

export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) now.value = serverTime();
  }, 1000);
}
