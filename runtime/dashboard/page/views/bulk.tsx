import { useState } from 'preact/hooks';
import type { BulkOrder, BulkResult, RunsFilter } from '../../api.ts';
import { post, RequestError } from '../base/client.ts';
import { Dialog } from '../parts/dialog.tsx';

interface BulkBarProps {
  readonly chosen: ReadonlySet<string>;
  readonly filter: RunsFilter;
  /** All runs of the page are chosen, and there is a filter: all that fit it can be meant. */
  readonly isWhole: boolean;
  readonly clear: () => void;
}

const ACTIONS = {
  cancel: {
    title: 'Cancel',
    what: 'What they wait for fails with a CancelledError. Their catch and finally blocks run. Runs that have ended refuse it.',
  },
  resume: {
    title: 'Resume',
    what: 'Blocked runs are tried again as they are. Failed and cancelled runs go on from before the step that failed: it is called again. Others refuse it.',
  },
  rerun: {
    title: 'Rerun',
    what: 'For each, a new run of the same function with the same arguments is started: all its steps are called again. The old runs stay as they are.',
  },
} as const;

/** What can be done with several runs. */
export function BulkBar({ chosen, filter, isWhole, clear }: BulkBarProps) {
  const [action, setAction] = useState<BulkOrder['action']>();
  const [byFilter, setByFilter] = useState(false);
  if (chosen.size === 0) return null;
  const isAll = byFilter && isWhole;
  return (
    <section class="bulk" aria-label="Chosen runs">
      <span role="status">
        {isAll
          ? 'All runs that fit the filter'
          : `${chosen.size} ${chosen.size === 1 ? 'run' : 'runs'} chosen`}
      </span>
      {isWhole ? (
        <label class="whole">
          <input type="checkbox" checked={byFilter} onChange={() => setByFilter(!byFilter)} /> all that fit,
          on all pages
        </label>
      ) : null}
      <span class="space" />
      {(['cancel', 'resume', 'rerun'] as const).map((name) => (
        <button key={name} type="button" onClick={() => setAction(name)}>
          {ACTIONS[name].title}…
        </button>
      ))}
      <button type="button" class="plain" onClick={clear}>
        Choose none
      </button>
      {action === undefined ? null : (
        <BulkDialog
          order={isAll ? { action, filter } : { action, ids: [...chosen] }}
          close={(isDone) => {
            setAction(undefined);
            if (isDone) clear();
          }}
        />
      )}
    </section>
  );
}

interface BulkDialogProps {
  readonly order: BulkOrder;
  readonly close: (isDone: boolean) => void;
}

interface Progress {
  readonly done: number;
  readonly refused: BulkResult['refused'];
  readonly isOver: boolean;
  readonly error?: string;
}

function BulkDialog({ order, close }: BulkDialogProps) {
  const { title, what } = ACTIONS[order.action];
  const [progress, setProgress] = useState<Progress>();
  const count = order.ids?.length;
  const subject =
    count === undefined ? 'all runs that fit the filter' : `${count} ${count === 1 ? 'run' : 'runs'}`;
  return (
    <Dialog title={`${title} ${subject}?`} close={() => close(progress !== undefined)}>
      <p>{what}</p>
      {order.filter === undefined ? null : (
        <p>
          The filter: <code>{filterText(order.filter)}</code>
        </p>
      )}
      {progress === undefined ? null : <ProgressText progress={progress} />}
      <div class="buttons">
        <button type="button" onClick={() => close(progress !== undefined)}>
          {progress === undefined ? 'Leave them' : 'Close'}
        </button>
        {progress === undefined ? (
          <button type="button" class="main" onClick={() => void carryOut(order, setProgress)}>
            {title} {subject}
          </button>
        ) : null}
      </div>
    </Dialog>
  );
}

const filterText = ({ status, fn, text }: RunsFilter): string =>
  [status && `status ${status}`, fn && `function ${fn}`, text && `text "${text}"`].filter(Boolean).join(', ');

async function carryOut(order: BulkOrder, report: (progress: Progress) => void): Promise<void> {
  let done = 0;
  let refused: BulkResult['refused'] = [];
  let cursor: string | undefined;
  // Ids are sent in portions, a filter goes on where the last answer has ended.
  const portions = order.ids === undefined ? undefined : portionsOf(order.ids);
  report({ done, refused, isOver: false });
  try {
    for (let index = 0; ; index++) {
      const ids = portions?.[index];
      const part =
        ids === undefined ? { ...order, ...(cursor !== undefined && { cursor }) } : { ...order, ids };
      const result = await post<BulkResult>('api/bulk', part);
      done += result.done;
      refused = [...refused, ...result.refused];
      cursor = result.next;
      const isOver = portions === undefined ? cursor === undefined : index + 1 >= portions.length;
      report({ done, refused, isOver });
      if (isOver) return;
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    report({ done, refused, isOver: true, error: error.message });
  }
}

const PORTION = 100;

function portionsOf(ids: readonly string[]): readonly (readonly string[])[] {
  const portions: (readonly string[])[] = [];
  for (let at = 0; at < ids.length; at += PORTION) portions.push(ids.slice(at, at + PORTION));
  return portions;
}

const MOST_REFUSED = 20;

function ProgressText({ progress: { done, refused, isOver, error } }: { readonly progress: Progress }) {
  return (
    <div role="status">
      <p>
        {isOver ? '' : 'Under way: '}
        {done} done, {refused.length} refused.{error === undefined ? '' : ` Stopped: ${error}`}
      </p>
      <ul class="refused">
        {refused.slice(0, MOST_REFUSED).map(({ id, message }) => (
          <li key={id}>
            <code>{id}</code>: {message}
          </li>
        ))}
        {refused.length > MOST_REFUSED ? <li>and {refused.length - MOST_REFUSED} more</li> : null}
      </ul>
    </div>
  );
}
