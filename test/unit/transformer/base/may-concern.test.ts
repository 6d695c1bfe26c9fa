import { describe, expect, it } from 'vitest';
import { mayHoldDirective } from '../../../../transformer/base/may-concern.ts';

describe('mayHoldDirective', () => {
  it.each([
    `{ 'use durable' }`,
    '{"use durable";',
    `'use durable as some-id'`,
    `' use durable'`,
    `'use-durable'`,
    `'Use durabel'`,
    '`use durable`',
    `// read from\n'use durable';`,
    `/* import */ 'use durable';`,
  ])('%s: may be', (text) => {
    expect(mayHoldDirective(text)).toBe(true);
  });

  it.each([
    `import { sleep } from 'use-durable';`,
    `import{sleep}from"use-durable";`,
    `import 'use-durable/register';`,
    `const { sleep } = require('use-durable');`,
    `await import("use-durable/testing");`,
    `export * from 'use-durable';`,
    `'use strict';`,
  ])('%s: is none', (text) => {
    expect(mayHoldDirective(text)).toBe(false);
  });
});
