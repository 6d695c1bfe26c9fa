import { fileURLToPath } from 'node:url';
import { functionsOf, nameOf } from '../cli/graph/functions.ts';
import { figureOf } from '../runtime/picture/figure-of.ts';
import { layoutOf } from '../runtime/picture/layout/layout.ts';
import { toSvg } from '../runtime/picture/svg.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The functions of the examples that have a drawing here. */
const DRAWN = [
  ['graph-order.svg', '../examples/04-order/src/order.ts', 'placeOrder'],
  ['graph-registration.svg', '../examples/01-registration/src/register.ts', 'registerUser'],
  ['graph-import.svg', '../examples/05-csv-import/src/import.ts', 'importCustomers'],
  ['graph-agent.svg', '../examples/06-agent/src/agent.ts', 'runAgent'],
  ['graph-subscription.svg', '../examples/07-subscription/src/subscription.ts', 'subscribe'],
] as const;

export const drawings = (): readonly { readonly path: string; readonly svg: string }[] =>
  DRAWN.map(([name, file, fn]) => {
    const [drawn] = functionsOf(here(file), fn);
    const title = nameOf(drawn!.id);
    return { path: here(name), svg: toSvg(layoutOf(figureOf(title, drawn!.flow)), title) };
  });
