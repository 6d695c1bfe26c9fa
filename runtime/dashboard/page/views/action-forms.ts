import type { Row, RunAction, RunPage } from '../../api.ts';

type Type = RunAction['type'];

/** What was written into the fields, by name. */
export type Texts = Readonly<Record<string, string>>;

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** `json`: a value, and nothing for none. */
  readonly kind: 'text' | 'json' | 'flag';
  readonly options?: readonly string[];
  readonly initial?: string;
}

export const ACTION_TITLES: Readonly<Record<Type, string>> = {
  signal: 'Signal',
  settle: 'Complete a callback',
  cancel: 'Cancel',
  resume: 'Resume',
  rerun: 'Rerun',
  fork: 'Fork',
};

/** The actions that a run can take as it is. */
export function actionsFor({ run, callbacks, rows }: RunPage): readonly Type[] {
  const fork: readonly Type[] = rows.length > 0 ? ['fork'] : [];
  switch (run.status) {
    case 'running':
      return [...(callbacks.length > 0 ? (['settle'] as const) : []), 'signal', 'cancel', 'rerun', ...fork];
    case 'blocked':
      return ['resume', 'cancel', 'rerun', ...fork];
    case 'completed':
      return ['rerun', ...fork];
    default:
      return ['resume', 'rerun', ...fork];
  }
}

/** What will happen, in words. */
export function effectOf(type: Type, { run }: RunPage): string {
  switch (type) {
    case 'signal':
      return 'The signal is kept until the run waits for it, with waitFor(name) or signals(name).';
    case 'settle':
      return 'result() of the callback returns this value, or rejects with an error. Each callback can be settled once.';
    case 'cancel':
      return 'What the run waits for fails with a CancelledError. Its catch and finally blocks run, and what they await is carried out.';
    case 'resume':
      return run.status === 'blocked'
        ? 'The run is tried again from its journal. Nothing that is recorded is done again.'
        : 'The run goes on from before the step that failed last: that step is called again. What was recorded before it is not done again.';
    case 'rerun':
      return 'A new run of the same function is started with the same arguments: all its steps are called again. This run stays as it is.';
    case 'fork':
      return 'A new run is started that has what this one recorded before the key, and goes on from there by itself: that call and all later ones are made again. This run stays as it is.';
  }
}

const NEW_ID: Field = {
  name: 'id',
  label: 'Id of the new run',
  kind: 'text',
  hint: 'Left empty, it gets a random one.',
};

const FORGET: Field = {
  name: 'forget',
  label: 'Also if it did other things after a failure, such as a cleanup, which then are forgotten',
  kind: 'flag',
};

export function fieldsOf(type: Type, page: RunPage, row: Row | undefined): readonly Field[] {
  const { signals, callbacks, run, rows } = page;
  switch (type) {
    case 'signal':
      return [
        { name: 'name', label: 'Name', kind: 'text', options: signals, initial: signals[0] ?? '' },
        { name: 'payload', label: 'Payload, as JSON', kind: 'json', hint: 'Left empty, there is none.' },
      ];
    case 'settle':
      return [
        { name: 'key', label: 'Callback', kind: 'text', options: callbacks, initial: callbacks[0] ?? '' },
        { name: 'value', label: 'Value, as JSON', kind: 'json' },
        {
          name: 'error',
          label: 'Or the message of an error',
          kind: 'text',
          hint: 'With one, the callback fails, and the value is not used.',
        },
      ];
    case 'cancel':
      return [{ name: 'reason', label: 'Reason', kind: 'text', hint: 'It may be left empty.' }];
    case 'resume':
      return run.status === 'blocked'
        ? [
            {
              name: 'accept',
              label: 'Accept the order of the code with this version',
              kind: 'text',
              hint: 'Only if the reason of the block names one.',
            },
          ]
        : [FORGET];
    case 'rerun':
      return [NEW_ID];
    case 'fork':
      return [
        {
          name: 'from',
          label: 'From the key',
          kind: 'text',
          options: rows.slice(0, MOST_OPTIONS).map(({ key }) => key),
          initial: row?.key ?? rows.at(-1)?.key ?? '',
        },
        NEW_ID,
        FORGET,
      ];
  }
}

/** A list of suggestions that is longer helps nobody. */
const MOST_OPTIONS = 500;

/** The order that the texts mean, or what is wrong with them. */
export function orderFrom(type: Type, texts: Texts): RunAction | string {
  const order: Record<string, unknown> = { type };
  for (const [name, text] of Object.entries(texts)) {
    if (text.trim() === '') continue;
    if (name === 'forget') order[name] = true;
    else if (name === 'payload' || name === 'value') {
      try {
        order[name] = JSON.parse(text) as unknown;
      } catch (error) {
        return `This is not JSON: ${(error as Error).message}`;
      }
    } else order[name] = text;
  }
  if ('error' in order) delete order.value;
  for (const [name, label] of REQUIRED[type] ?? []) if (!(name in order)) return `${label} is missing.`;
  return order as unknown as RunAction;
}

const REQUIRED: Readonly<Partial<Record<Type, readonly (readonly [name: string, label: string])[]>>> = {
  signal: [['name', 'The name of the signal']],
  settle: [['key', 'The callback']],
  fork: [['from', 'The key']],
};
