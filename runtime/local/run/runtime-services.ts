import type { StepPolicy } from '../../functions/policy.ts';
import type { Observers } from '../../observe/observers.ts';
import type { ChildRequest, Outcome } from '../../port/backend.ts';
import type { QuietTracing } from '../../port/safe-tracing.ts';
import type { Store } from '../../stores/store.ts';
import type { CommitLoop } from '../commit/commit-loop.ts';
import type { Lease } from '../commit/lease.ts';
import type { MessagePoller } from '../messages/message-poller.ts';
import type { RuntimeHooks } from '../time/runtime-hooks.ts';
import type { Clock, Timers } from '../time/timers.ts';
import type { Manifests } from './manifests.ts';
import type { StepLimits } from './step-limits.ts';
import type { UnrecordedWatch } from './unrecorded.ts';

/** What all runs of one runtime share. */
export interface RuntimeServices {
  readonly store: Pick<Store, 'name' | 'limits'>;
  readonly commits: CommitLoop;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly lease: Lease;
  readonly limits: StepLimits;
  readonly stepPolicy: StepPolicy | undefined;
  /** Starts another run for one of this runtime, or finds it started. Never rejects. */
  startChild(child: ChildRequest, parent: string): Promise<Outcome>;
  readonly poller: MessagePoller;
  readonly manifests: Manifests;
  /** Looks for runs that await what isn't recorded. */
  readonly unrecorded: UnrecordedWatch;
  readonly hooks: RuntimeHooks;
  /** The listeners of the runtime. */
  readonly observers: Observers;
  readonly tracing: QuietTracing | undefined;
}
