/** Chains of calls as one step: `await db.select().from(t)`. */
import { types } from 'node:util';
import { assertFunction, Callee, callLink, shownName } from '../functions/callee.ts';
import { calledBy, classify } from '../functions/classify.ts';
import type { ChainLink } from '../functions/durable-scope.ts';
import { isIntrinsic } from '../functions/intrinsics.ts';
import { policyOf } from '../functions/policy.ts';
import { insideStep } from '../run/context.ts';
import { originalOf, originalsIn } from '../run/recreated-objects.ts';
import { asWorkflowPromise } from '../run/workflow-promises.ts';
import { callInline, type How, readingBy, recordCall } from './calls.ts';
import { passThrough } from './pass-through.ts';
import type { ScopeContext } from './place.ts';
import { chainStep } from './steps.ts';

/** @param callee a function, or a `Callee` */
export function performChain(
  place: ScopeContext,
  id: string,
  callee: unknown,
  args: readonly unknown[],
  link: ChainLink,
  how: How,
): unknown {
  const { run, definition } = place;
  if (insideStep()) return passThrough(definition, 'inStep').chain(id, callee, args, link);
  const { fn, receiver } = callee instanceof Callee ? callee : { fn: callee, receiver: undefined };
  assertFunction(id, fn, definition);
  const called = calledBy(fn, receiver, args);
  if (called !== undefined) {
    return performChain(place, id, new Callee(called.fn, called.receiver), called.args, link, how);
  }
  const kind = classify(fn, receiver);
  const name = shownName(id, definition);
  if (kind === 'foreign' || isIntrinsic(fn)) {
    const reading = readingBy(id, fn, receiver);
    const chain = {
      head: () => (reading ? reading.read(args) : Reflect.apply(fn, originalOf(receiver), originalsIn(args))),
      link: (head: unknown) => callLink(link, head, name),
    };
    const given = { args, receiver, uses: place.variables };
    const beginning = how === 'await' ? undefined : how;
    const policy = policyOf(fn);
    const result = chainStep(run, definition, place.keys.site(id), chain, policy, given, beginning);
    reading?.asked();
    return beginning && policy ? asWorkflowPromise(run, result) : result;
  }
  // The head is workflow code and must run on every replay; what is called on its result is foreign and must not.
  const head = callInline(place, id, kind, fn, receiver, args);
  if (types.isPromise(head)) head.catch(() => {});
  const call = (): unknown => callLink(link, head, name);
  return recordCall(place, id, call, how, { args: [], uses: place.variables });
}
