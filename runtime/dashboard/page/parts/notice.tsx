import type { ComponentChildren } from 'preact';
import type { RequestError } from '../base/client.ts';

/** In the place of what can't be shown. */
export function Notice({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children === undefined ? null : <div class="notice-text">{children}</div>}
    </div>
  );
}

export function Failure({ error, retry }: { readonly error: RequestError; readonly retry: () => void }) {
  return (
    <div class="failure" role="alert">
      <span>
        <strong>{error.status === 0 ? 'No connection.' : 'The server refused.'}</strong> {error.message}
      </span>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

export const Loading = ({ what }: { readonly what: string }) => (
  <div class="loading" role="status">
    <span class="spinner" aria-hidden="true" />
    Loading {what}…
  </div>
);
