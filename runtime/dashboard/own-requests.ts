import { foreignOrigin, pageHeaderMissing } from '../base/messages/dashboard.ts';
import { Refusal } from '../http/refusal.ts';

/** The page sends it with each request for data. Another origin can't, without a permission that is never given. */
const PAGE_HEADER = 'x-durable-page';

/**
 * Refuses requests that the page itself has not sent, so that no other page can read or do anything with the cookies of the
 * person who looks at this one.
 *
 * @throws Refusal 403
 */
export function requireOwnRequest(request: Request): void {
  if (!isSameOrigin(request)) throw new Refusal(403, 'FOREIGN_ORIGIN', foreignOrigin());
  if (request.headers.get(PAGE_HEADER) !== '1')
    throw new Refusal(403, 'NOT_FROM_THE_PAGE', pageHeaderMissing(PAGE_HEADER));
}

/**
 * What the browser says of where a request comes from. Behind a proxy the host of the URL may be another one than in the
 * browser, and then `sec-fetch-site` is right. A program that is no browser sends neither header.
 */
function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = headers.get('origin');
  if (origin === null) return true;
  try {
    return new URL(origin).host === new URL(url).host;
  } catch {
    return false;
  }
}
