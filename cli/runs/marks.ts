/** The signs and colours of states: never a colour alone. */
import type { Reason, RunStatus, TimelineRow } from '../../runtime/tools/look.ts';
import { styled } from '../base/terminal.ts';

type Style = Parameters<typeof styled>[0];

const OF_STATUS: Readonly<Record<RunStatus, readonly [string, Style]>> = {
  running: ['●', 'blue'],
  blocked: ['■', 'magenta'],
  completed: ['✓', 'green'],
  failed: ['✗', 'red'],
  cancelled: ['⊘', 'gray'],
};

export const statusMark = (status: RunStatus, text = ''): string => {
  const [icon, style] = OF_STATUS[status];
  return styled(style, text === '' ? icon : `${icon} ${text}`);
};

const OF_STATE: Readonly<Record<TimelineRow['state'], readonly [string, Style]>> = {
  done: ['✓', 'green'],
  running: ['●', 'blue'],
  waiting: ['◷', 'yellow'],
  failed: ['✗', 'red'],
};

export const stateMark = (state: TimelineRow['state']): string =>
  styled(OF_STATE[state][1], OF_STATE[state][0]);

/** As in drawings. */
export const KIND_ICONS: Readonly<Record<Reason['kind'], string>> = {
  sleep: '◷',
  signal: '✉',
  callback: '☎',
  child: '▣',
  retry: '↻',
  step: 'ƒ',
  worker: '○',
  'worker-gone': '○',
  'worker-stopped': '○',
  'held-back': '◷',
  blocked: '■',
  ended: '✓',
};
