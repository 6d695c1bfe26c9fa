import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageNotBuilt } from '../base/messages/dashboard.ts';
import { PAGE_HEADERS } from './page-headers.ts';

/** A file of the page, as it was built. */
interface Asset {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

/** Beside the compiled file; from the sources, in what was built last. */
const FOLDERS = ['./static/', '../../dist/runtime/dashboard/static/'] as const;

const known = new Map<string, Asset>();

/** @throws Error if the page was not built */
function assetOf(name: string): Asset {
  const found = known.get(name) ?? readAsset(name);
  known.set(name, found);
  return found;
}

function readAsset(name: string): Asset {
  for (const folder of FOLDERS) {
    let body: Uint8Array<ArrayBuffer>;
    try {
      body = new Uint8Array(readFileSync(join(fileURLToPath(new URL(folder, import.meta.url)), name)));
    } catch {
      continue;
    }
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    return { body, type: TYPES[name]!, etag };
  }
  throw new Error(pageNotBuilt(fileURLToPath(new URL(FOLDERS[0], import.meta.url))));
}

/** The file of the page that is meant by a path below the base; undefined if there is none. */
export const assetNameOf = (path: string): string | undefined => {
  const name = path === '' ? 'index.html' : path;
  return Object.hasOwn(TYPES, name) ? name : undefined;
};

/** Browsers keep it, and ask each time whether it is still the same. */
export function assetResponse(name: string, request: Request): Response {
  const { body, type, etag } = assetOf(name);
  const headers = { ...PAGE_HEADERS, etag, 'cache-control': 'no-cache' };
  const kept = (request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim());
  if (kept.includes(etag) || kept.includes(`W/${etag}`)) return new Response(null, { status: 304, headers });
  return new Response(body, {
    headers: { ...headers, 'content-type': type, 'content-length': String(body.byteLength) },
  });
}
