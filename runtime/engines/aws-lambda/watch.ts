import type { DurableExecutionClient, OperationUpdate, WireOperation } from './sdk.ts';

/** Who follows what passes between the SDK and the engine. */
export interface Watcher {
  /** What is to be sent instead; called in the order of sending. */
  sending(updates: readonly OperationUpdate[]): OperationUpdate[];
  /**
   * What was sent is durable, and so the operations are now. While the promise is pending the SDK takes the checkpoint
   * to be under way, and so it does not suspend the invocation.
   */
  checkpointed(updates: readonly OperationUpdate[], operations: readonly WireOperation[]): Promise<void>;
}

/** The client of one invocation. All news of the execution comes through it. */
export class WatchedClient implements DurableExecutionClient {
  readonly #client: DurableExecutionClient;
  /** Operations that the SDK has read, besides those it was invoked with. */
  readonly pages: WireOperation[] = [];
  watcher: Watcher | undefined;

  constructor(client: DurableExecutionClient) {
    this.#client = client;
  }

  async getExecutionState(
    ...args: Parameters<DurableExecutionClient['getExecutionState']>
  ): ReturnType<DurableExecutionClient['getExecutionState']> {
    const page = await this.#client.getExecutionState(...args);
    this.pages.push(...(page.Operations ?? []));
    return page;
  }

  async checkpoint(
    ...[params, logger]: Parameters<DurableExecutionClient['checkpoint']>
  ): ReturnType<DurableExecutionClient['checkpoint']> {
    const { watcher } = this;
    const updates = params.Updates ?? [];
    const sent = watcher?.sending(updates) ?? updates;
    const response = await this.#client.checkpoint({ ...params, Updates: [...sent] }, logger);
    await watcher?.checkpointed(sent, response.NewExecutionState?.Operations ?? []);
    return response;
  }
}
