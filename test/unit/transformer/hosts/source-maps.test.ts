import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import MagicString from 'magic-string';
import { describe, expect, it } from 'vitest';
import type { SourceMapV3 } from '../../../../transformer/compile.ts';
import { composed } from '../../../../transformer/hosts/source-maps.ts';

const mapOf = (text: MagicString, source: string): SourceMapV3 =>
  text.generateMap({ source, hires: 'boundary', includeContent: true }) as SourceMapV3;

describe('the map of what two tools made', () => {
  const source = 'first();\nsecond(one, two);\n';
  const once = new MagicString(source).prepend('const added = 1;\n').overwrite(9, 15, 'wrapped(second)');
  const twice = new MagicString(once.toString()).prepend('"use strict";\n\n').remove(17, 26);
  const map = new TraceMap(composed(mapOf(once, 'a.ts'), mapOf(twice, 'between.js')) as never);
  const lines = twice.toString().split('\n');
  const originOf = (text: string): unknown => {
    const line = lines.findIndex((one) => one.includes(text));
    const {
      line: at,
      column,
      source: from,
    } = originalPositionFor(map, { line: line + 1, column: lines[line]!.indexOf(text) });
    return [from, at, column];
  };

  it.each([
    ['wrapped', 2, 0],
    ['one', 2, 7],
    ['two', 2, 12],
  ])('%s leads to line %i, column %i of the source', (text, line, column) => {
    expect(originOf(text)).toEqual(['a.ts', line, column]);
  });

  it('what a tool added leads nowhere', () => {
    expect(originOf('use strict')).toEqual([null, null, null]);
    expect(originOf('added')).toEqual([null, null, null]);
  });
});
