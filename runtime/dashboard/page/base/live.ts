/** What the server sends by itself: that something has changed in the store. */
import { signal } from '@preact/signals';
import { RequestError, request } from './client.ts';

export type Connection = 'connecting' | 'live' | 'lost';

export const connection = signal<Connection>('connecting');
/** Grows with each change in the store, and when the connection is there again: then something may have been missed. */
export const changes = signal(0);

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Never ends. While nobody looks at the page, nothing is asked for. */
export async function stayLive(): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    await visible();
    try {
      await listen(() => {
        pause = FIRST_PAUSE_MS;
      });
    } catch (error) {
      if (!(error instanceof RequestError || error instanceof DOMException || error instanceof TypeError))
        throw error;
    }
    if (document.hidden) continue;
    connection.value = 'lost';
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function listen(connected: () => void): Promise<void> {
  const controller = new AbortController();
  const hide = (): void => {
    if (document.hidden) controller.abort();
  };
  document.addEventListener('visibilitychange', hide);
  try {
    const response = await request('api/events', { signal: controller.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    connection.value = 'live';
    connected();
    changes.value++;
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const messages = (text + value).split('\n\n');
      text = messages.pop()!;
      if (messages.some((message) => message.startsWith('event: change'))) changes.value++;
    }
  } finally {
    document.removeEventListener('visibilitychange', hide);
    controller.abort();
  }
}

function visible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const check = (): void => {
      if (document.hidden) return;
      document.removeEventListener('visibilitychange', check);
      resolve();
    };
    document.addEventListener('visibilitychange', check);
  });
}
