import { render } from 'preact';
import { takeToken } from './base/client.ts';
import { startClock } from './base/clock.ts';
import { stayLive } from './base/live.ts';
import { startRouter } from './base/router.ts';
import { Page } from './page.tsx';

takeToken();
startRouter();
startClock();
void stayLive();
render(<Page />, document.querySelector('#page')!);
