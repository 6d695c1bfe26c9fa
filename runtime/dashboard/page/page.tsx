import type { About } from '../api.ts';
import { locked } from './base/client.ts';
import { useKeys } from './base/keyboard.ts';
import { connection } from './base/live.ts';
import { useResource } from './base/resource.ts';
import { hrefOf, route } from './base/router.ts';
import { Help, help } from './parts/help.tsx';
import { Notice } from './parts/notice.tsx';
import { RunView } from './views/run.tsx';
import { RunsView } from './views/runs.tsx';
import { SchedulesView } from './views/schedules.tsx';
import { VersionsView } from './views/versions.tsx';
import { WorkersView } from './views/workers.tsx';

const PLACES = [
  ['runs', 'Runs'],
  ['workers', 'Workers'],
  ['schedules', 'Schedules'],
  ['versions', 'Versions'],
] as const;

export function Page() {
  const about = useResource<About>('api/about', { live: false });
  useKeys({
    '?': () => {
      help.value = true;
    },
  });
  if (locked.value !== undefined)
    return (
      <main class="alone">
        <Notice title="This page needs its token">{locked.value}</Notice>
      </main>
    );
  const [place] = route.value.path;
  return (
    <>
      <button type="button" class="skip" onClick={skipToContent}>
        Skip to the content
      </button>
      <header class="top">
        <a class="mark" href={hrefOf(['runs'])} aria-label="Durable: all runs">
          <Mark />
          <span>durable</span>
        </a>
        <nav aria-label="Places">
          {PLACES.map(([name, title]) => (
            <a key={name} href={hrefOf([name])} aria-current={place === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <span class="store" title={about.data?.store}>
          {/* Its end says most. */}
          <bdi>{about.data?.store}</bdi>
        </span>
        {about.data?.act === false ? (
          <span class="tag" title={about.data.onlyRead ?? 'You may look at runs here, and not change them.'}>
            read-only
          </span>
        ) : null}
        <ConnectionState />
        <button
          type="button"
          class="plain"
          aria-label="Help and keys"
          title="Help and keys (?)"
          onClick={() => {
            help.value = true;
          }}
        >
          ?
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Place name={place ?? ''} act={about.data?.act ?? false} />
      </main>
      <Help />
    </>
  );
}

/** No link: the place in the page is behind `#`. */
function skipToContent(): void {
  document.querySelector<HTMLElement>('#content')?.focus();
}

function Place({ name, act }: { readonly name: string; readonly act: boolean }) {
  const [, id] = route.value.path;
  switch (name) {
    case 'runs':
      return id === undefined || id === '' ? <RunsView act={act} /> : <RunView key={id} id={id} act={act} />;
    case 'workers':
      return <WorkersView />;
    case 'schedules':
      return <SchedulesView />;
    case 'versions':
      return <VersionsView />;
    default:
      return (
        <Notice title="There is nothing here">
          <a href={hrefOf(['runs'])}>All runs</a>
        </Notice>
      );
  }
}

const CONNECTION = {
  connecting: ['◌', 'connecting', 'Connecting to the server'],
  live: ['●', 'live', 'Changes are shown as they happen'],
  lost: ['✗', 'disconnected', 'The server does not answer. What is shown may be old. It is tried again.'],
} as const;

function ConnectionState() {
  const [sign, word, title] = CONNECTION[connection.value];
  return (
    <span class={`connection ${connection.value}`} role="status" title={title}>
      <span aria-hidden="true">{sign}</span> <span class="word">{word}</span>
    </span>
  );
}

const Mark = () => (
  <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
    <rect class="mark-face" width="16" height="16" rx="4" />
    <path class="mark-sign" d="M4.5 8.4 7 10.8l4.6-5.4" />
  </svg>
);
