import type { FunctionFlow } from '../../runtime/functions/flow.ts';
import { readFlow } from '../../runtime/functions/read-flow.ts';
import { compile } from '../../transformer/compile.ts';
import type { Fixture } from './fixtures.ts';

/** The flows of the durable functions of a file, as the runtime reads them. */
export function flowsOf({ source, file }: Pick<Fixture, 'source' | 'file'>): readonly {
  readonly id: string;
  readonly flow: FunctionFlow;
}[] {
  const { manifests } = compile(source, { fileName: file }, 'look');
  return [...manifests].map(([id, manifest]) => {
    const flow = readFlow({ fn: id, file, ...manifest });
    if (flow === undefined) throw new Error(`${file}: ${id} has no flow`);
    return { id, flow };
  });
}
