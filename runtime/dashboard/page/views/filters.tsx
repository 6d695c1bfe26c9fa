/** Which runs the list shows. The filter is in the address of the page. */
import type { RefObject } from 'preact';
import type { RunStatus } from '../../../stores/store.ts';
import type { Counts, RunsFilter } from '../../api.ts';
import { setParameters } from '../base/router.ts';

const STATUSES = [
  'running',
  'blocked',
  'failed',
  'completed',
  'cancelled',
] as const satisfies readonly RunStatus[];

/** The parameters of the address without a filter. */
export const NO_FILTER = { status: undefined, fn: undefined, text: undefined, after: undefined };

interface FiltersProps {
  readonly counts: Counts | undefined;
  readonly filter: RunsFilter;
  readonly search: RefObject<HTMLInputElement | null>;
}

export function Filters({ counts, filter, search }: FiltersProps) {
  return (
    <div class="filters">
      <StatusFilter counts={counts} status={filter.status} />
      <label class="search">
        <span class="unseen">Search in ids and functions</span>
        <input
          ref={search}
          type="search"
          placeholder="Search ids and functions  /"
          value={filter.text ?? ''}
          maxLength={255}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => searchFor(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      </label>
      {filter.fn === undefined ? null : (
        <button
          type="button"
          class="chip chosen"
          title="Show all functions"
          onClick={() => setParameters({ fn: undefined, after: undefined })}
        >
          {filter.fn} <span aria-hidden="true">×</span>
        </button>
      )}
    </div>
  );
}

let searching: ReturnType<typeof setTimeout> | undefined;

/** Not at each key: the store is asked. */
function searchFor(text: string): void {
  clearTimeout(searching);
  searching = setTimeout(() => setParameters({ text, after: undefined }), 200);
}

interface StatusFilterProps {
  readonly counts: Counts | undefined;
  readonly status: string | undefined;
}

function StatusFilter({ counts, status }: StatusFilterProps) {
  const all = counts && Object.values(counts.statuses).reduce((sum, count) => sum + count, 0);
  const chip = (name: RunStatus | undefined, count: number | undefined) => (
    <button
      key={name ?? 'all'}
      type="button"
      class={`chip ${name ?? ''}${status === name ? ' chosen' : ''}${count === 0 ? ' none' : ''}`}
      aria-pressed={status === name}
      onClick={() => setParameters({ status: name, after: undefined })}
    >
      {name ?? 'all'} <span class="count">{count?.toLocaleString('en') ?? ''}</span>
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a layout of its own
    <div class="chips" role="group" aria-label="Status">
      {chip(undefined, all)}
      {STATUSES.map((name) => chip(name, counts?.statuses[name]))}
    </div>
  );
}
