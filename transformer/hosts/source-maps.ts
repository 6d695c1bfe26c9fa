import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { SourceMapV3 } from '../compile.ts';

/**
 * The map of a text that two tools have made one after the other.
 *
 * @param second from its output to the output of the first; it names one source
 */
export function composed(first: SourceMapV3, second: SourceMapV3): SourceMapV3 {
  const lines = decode(first.mappings);
  const mappings = decode(second.mappings).map((segments) =>
    segments.flatMap(([column, source, line, at]): SourceMapSegment[] => {
      if (source === undefined || line === undefined || at === undefined) return [[column]];
      const found = segmentAt(lines[line] ?? [], at);
      return found === undefined || found.length === 1
        ? [[column]]
        : [[column, found[1], found[2], found[3]]];
    }),
  );
  return { ...first, names: [], mappings: encode(mappings) };
}

/** The last segment of a line that begins at or before a column. */
function segmentAt(line: readonly SourceMapSegment[], column: number): SourceMapSegment | undefined {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (line[middle]![0] <= column) from = middle + 1;
    else to = middle;
  }
  return line[from - 1];
}
