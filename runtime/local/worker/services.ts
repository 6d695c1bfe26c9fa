import { copyOfPolicy } from '../../functions/policy.ts';
import type { Observers } from '../../observe/observers.ts';
import { QuietTracing } from '../../port/safe-tracing.ts';
import type { Store } from '../../stores/store.ts';
import { CommitLoop } from '../commit/commit-loop.ts';
import type { Lease } from '../commit/lease.ts';
import type { MessagePoller } from '../messages/message-poller.ts';
import { Manifests } from '../run/manifests.ts';
import type { RuntimeServices } from '../run/runtime-services.ts';
import { StepLimits } from '../run/step-limits.ts';
import { UnrecordedWatch } from '../run/unrecorded.ts';
import type { RuntimeHooks } from '../time/runtime-hooks.ts';
import { type Clock, Timers } from '../time/timers.ts';
import type { RuntimeOptions } from './options.ts';

interface ServiceParts {
  readonly stepPolicy: RuntimeOptions['stepPolicy'];
  readonly tracing: RuntimeOptions['tracing'];
  readonly store: Store;
  readonly lease: Lease;
  readonly poller: MessagePoller;
  readonly observers: Observers;
  readonly clock: Clock;
  readonly hooks: RuntimeHooks;
  readonly maxSteps: Readonly<Record<string, number>>;
  readonly startChild: RuntimeServices['startChild'];
}

/** The services that all runs of one worker share. */
export function makeServices(parts: ServiceParts): RuntimeServices {
  const { store, lease, poller, observers, clock, hooks, stepPolicy, maxSteps, tracing, startChild } = parts;
  return {
    store,
    commits: new CommitLoop(store, lease, hooks.turn),
    timers: new Timers(clock),
    clock,
    lease,
    stepPolicy: stepPolicy && copyOfPolicy(stepPolicy),
    limits: new StepLimits(maxSteps),
    poller,
    manifests: new Manifests(store),
    unrecorded: new UnrecordedWatch(hooks.system),
    hooks,
    observers,
    tracing: tracing && new QuietTracing(tracing),
    startChild,
  };
}
