import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ROUTES } from '../../../../cli/routes/table.ts';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

it('names entries that the package has, and recipes that the page has', () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: object };
  const headings = [...read('docs/routes.md').matchAll(/^## (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^a-z0-9 ]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const { entry, page, tool } of ROUTES) {
    expect(Object.keys(exports), tool).toContain(entry.replace('use-durable', '.'));
    expect(headings, tool).toContain(page);
  }
});
