import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { OLDEST_NODE, requireNode } from '../../../../runtime/base/supported-node.ts';

it('is what package.json asks for', () => {
  const { engines } = JSON.parse(
    readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'),
  ) as {
    engines: { node: string };
  };
  expect(OLDEST_NODE.startsWith(engines.node.replace('>=', ''))).toBe(true);
});

it.each(['0.12.18', '18.20.8', '20.19.5', '22.9.0', '22.14.9'])(
  'refuses Node %s in one sentence',
  (version) => {
    expect(() => requireNode(version)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED',
        message: `use-durable needs Node 22.15.0 or newer; this is Node ${version}.`,
      }),
    );
  },
);

it.each(['22.15.0', '22.15.1', '22.100.0', '23.0.0', '26.10.0', '100.0.0-nightly', undefined])(
  'takes %s',
  (version) => {
    expect(() => requireNode(version)).not.toThrow();
  },
);
