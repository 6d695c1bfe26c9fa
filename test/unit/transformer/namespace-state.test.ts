import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { transform } from '../../../transformer/index.ts';
import { FIXTURES } from '../../support/fixtures.ts';

/** What is reported of a fixture, as it stands in the source. */
function reportedIn(name: string): string[] {
  const source = readFileSync(`${FIXTURES}../diagnostics/${name}/input.ts`, 'utf8');
  const { diagnostics } = transform(source, { fileName: 'input.ts' });
  return diagnostics.map(({ start, length }) => source.slice(start, start + length));
}

describe('variables of namespaces', () => {
  it('that change are seen from inside and from outside, wherever they are changed', () => {
    const reported = reportedIn('ud3010-module-state');
    expect(reported).toContain('ended');
    expect(reported).toContain('counters.started');
    expect(reported).toContain('counters.label');
  });

  it('are not to be changed by workflow code', () => {
    expect(reportedIn('ud3011-module-change')).toContain('counters.started += 1');
  });
});
