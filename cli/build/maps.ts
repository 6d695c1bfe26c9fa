import type { SourceMapV3 } from '../../transformer/compile.ts';
import { composed } from '../../transformer/hosts/source-maps.ts';

const INLINE = /(\/\/# sourceMappingURL=data:application\/json;(?:charset=[^;]+;)?base64,)([\w+/=]+)/;

/**
 * An output whose map leads to the source, where TypeScript's leads to the compiled text.
 *
 * @param path of the output
 * @param map from the compiled text to the source
 */
export function withSourceMap(path: string, text: string, map: SourceMapV3, source: string): string {
  if (path.endsWith('.map')) return JSON.stringify(led(JSON.parse(text) as SourceMapV3, map, source));
  return text.replace(INLINE, (_, start: string, encoded: string) => {
    const inner = JSON.parse(Buffer.from(encoded, 'base64').toString()) as SourceMapV3;
    return start + Buffer.from(JSON.stringify(led(inner, map, source))).toString('base64');
  });
}

/** With the paths of the second map, which are those of the output. */
function led(second: SourceMapV3, first: SourceMapV3, source: string): SourceMapV3 {
  const { mappings, names } = composed(first, second);
  const contents = second.sourcesContent === undefined ? {} : { sourcesContent: [source] };
  return { ...second, mappings, names, ...contents };
}
