/** What browsers are told about each answer: what the page may do, and who may have it. */

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Nothing can be made into HTML, not even by mistake.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * For all answers, refusals too: no script or style but the two files of the page, no request to anywhere else, no frame
 * around it, and no type of content but the one that is said.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
