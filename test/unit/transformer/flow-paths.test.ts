import { describe, expect, it } from 'vitest';
import { boxesWith } from '../../../cli/graph/boxes.ts';
import { siteOf } from '../../../runtime/base/keys.ts';
import type { AnyFunction } from '../../../runtime/functions/definitions.ts';
import type { FlowSite, FunctionFlow } from '../../../runtime/functions/flow.ts';
import { watched } from '../../support/activations.ts';
import { execute } from '../../support/crash.ts';
import { takeEffects } from '../../support/effects.ts';
import { emitThroughText, type Fixture, fixtures, load } from '../../support/fixtures.ts';
import { FlowPaths, placesOf } from '../../support/flow-paths.ts';
import { flowsOf } from '../../support/flows.ts';

/**
 * The flow is what really happens: each key that a run records belongs to one box, and the boxes that a call of a function
 * reaches, in their order, are a path of its flow.
 */
describe('runs take paths of the flow', () => {
  // The others are only compiled.
  for (const fixture of fixtures().filter(({ source }) => /export .*\bmain\b/.test(source)))
    it(fixture.name, () => check(fixture));
});

async function check(fixture: Fixture): Promise<void> {
  const flows = new Map(flowsOf(fixture).map(({ id, flow }) => [`${fixture.name}-flow-${id}`, flow]));
  const { main } = await load(fixture, 'flow', emitThroughText(fixture));
  takeEffects();
  const { result, activations } = await watched(() => execute(main as AnyFunction, []));
  takeEffects();
  const root = `${fixture.name}-flow-main`;
  let checked = 0;
  const seen = new Set<string>();
  for (const activation of activations) {
    for (const { key } of activation.sites) seen.add(key);
    if (activation.sites.length === 0) continue;
    const { children } = activation;
    const flow = flowIn(flows, activation.fn || root);
    // A closure in a parameter of a durable function has its scope in that of the caller.
    const body = bodyOf([flow, ...flows.values()], activation.scope);
    const where = activation.scope ?? activation.fn;
    const paths = new FlowPaths(body, (box) => isSkipped(box, children));
    const outer = flow.functions.flatMap((fn) =>
      new FlowPaths(fn.body, () => true).boxes.filter((box) => box.outer),
    );
    const ids: string[] = [];
    for (const { id } of activation.sites) {
      const boxes = boxesWith([...paths.boxes.filter((box) => !box.outer), ...outer], id);
      const isListed = boxes.some((box) => box.type !== 'await' && !box.also?.includes(id));
      expect(boxes.length, `boxes of ${id} in ${where}`).toBeGreaterThan(0);
      if (isListed) expect(placesOf(boxes).size, `boxes of ${id}`).toBe(1);
      if (!boxes.some((box) => box.many || box.outer)) ids.push(id);
    }
    expect(paths.firstOutside(ids), `${where}: ${ids.join(', ')}`).toBeUndefined();
    checked++;
  }
  // The answers of callbacks and children are recorded under keys of their own.
  for (const event of result.events) {
    if (!('key' in event) || seen.has(event.key)) continue;
    expect(event.key).toMatch(/:result$/);
    const made = siteOf(event.key.replace(/:result$/, ''));
    const waiting = [...flows.values()].flatMap(({ body, functions }) =>
      [body, ...functions.map((fn) => fn.body)].flatMap((node) =>
        new FlowPaths(node, () => true).boxes.filter(({ of }) => of === made),
      ),
    );
    expect(waiting.length, event.key).toBeGreaterThan(0);
  }
  expect(checked + result.events.length).toBeGreaterThan(0);
}

const isSkipped = ({ id, type, maybe, many, outer }: FlowSite, children: ReadonlySet<string>): boolean =>
  maybe === true || many === true || outer === true || type === 'combinator' || children.has(id);

function flowIn(flows: ReadonlyMap<string, FunctionFlow>, fn: string): FunctionFlow {
  const flow = flows.get(fn);
  if (flow === undefined) throw new Error(`no flow of ${fn}`);
  return flow;
}

function bodyOf(flows: readonly FunctionFlow[], scope: string | undefined): FunctionFlow['body'] {
  const [own] = flows;
  if (scope === undefined) return own!.body;
  const holder = flows.find(({ functions }) => functions.some((one) => one.scope === scope));
  const inner = holder?.functions.filter((one) => one.scope === scope) ?? [];
  expect(inner.length, `functions with the scope ${scope}`).toBe(1);
  return inner[0]!.body;
}
