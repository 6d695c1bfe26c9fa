import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Type,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { createRuntime, fileStore } from 'use-durable';
import { effect } from './effects';

let container: ModuleRef | undefined;

/** Options of `registerClass` for a provider: a run gets the instance of the container. */
export const fromContainer = <T>(provider: Type<T>) => ({
  encode: () => null,
  decode: (): T => {
    if (container === undefined) throw new Error('Create the application before runs are resumed.');
    return container.get(provider, { strict: false });
  },
});

@Injectable()
export class Durable implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly runtime = createRuntime({ store: fileStore(process.env.STORE ?? 'runs.db') });

  constructor(moduleRef: ModuleRef) {
    container = moduleRef;
    effect('runtime');
  }

  async onApplicationBootstrap() {
    await this.runtime.recover();
  }

  async onApplicationShutdown() {
    await this.runtime.close({ store: true });
  }
}
