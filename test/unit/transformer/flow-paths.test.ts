import { describe, expect, it } from 'vitest';
import { siteOf } from '../../../runtime/base/keys.ts';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { watched } from '../../support/activations.ts';
import { FlowCheck } from '../../support/check-flow.ts';
import { execute } from '../../support/crash.ts';
import { takeEffects } from '../../support/effects.ts';
import { emitThroughText, type Fixture, fixtures, load } from '../../support/fixtures.ts';
import { FlowPaths } from '../../support/flow-paths.ts';
import { flowsOf } from '../../support/flows.ts';
import { sample } from '../../support/tier.ts';

/**
 * The flow is what really happens: each key that a run records belongs to one box, and the boxes that a call of a function
 * reaches, in their order, are a path of its flow. Random programs are held to the same (`random-check.ts`).
 */
describe('runs take paths of the flow', () => {
  // The others are only compiled.
  const executed = fixtures().filter(({ source }) => /export .*\bmain\b/.test(source));
  for (const fixture of sample(executed, 3)) it(fixture.name, () => check(fixture));
});

async function check(fixture: Fixture): Promise<void> {
  const flows = new Map(flowsOf(fixture).map(({ id, flow }) => [`${fixture.name}-flow-${id}`, flow]));
  const { main } = await load(fixture, 'flow', emitThroughText(fixture));
  takeEffects();
  const { result, activations } = await watched(() => execute(main as AnyFunction, []));
  takeEffects();
  const flowCheck = new FlowCheck(flows, `${fixture.name}-flow-main`);
  for (const activation of activations) flowCheck.check(activation);
  const seen = new Set(activations.flatMap(({ sites }) => sites.map(({ key }) => key)));
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
}

describe('the check itself', () => {
  const site = (id: string) => ({ kind: 'site', id, type: 'step', title: id, span: [1, 1, 1, 2] }) as const;
  const check = (...ids: string[]): void => {
    const body = {
      kind: 'seq',
      items: [
        site('a'),
        { kind: 'if', via: 'if', on: 'x', yes: site('b'), no: site('c'), span: [1, 1, 1, 2] },
        site('d'),
      ],
    } as const;
    const sites = ids.map((id) => ({ id, key: id }));
    new FlowCheck(new Map([['f', { body, functions: [] }]]), 'f').check({
      fn: 'f',
      scope: undefined,
      sites,
      children: new Set(),
    });
  };

  it('takes paths, and their beginnings', () => {
    check('a', 'b', 'd');
    check('a', 'c');
  });

  it.each([[['b']], [['a', 'd']], [['a', 'b', 'c']], [['a', 'b', 'd', 'd']], [['a', 'unknown']]])(
    'refuses %s',
    (ids) => {
      expect(() => check(...ids)).toThrow();
    },
  );
});
