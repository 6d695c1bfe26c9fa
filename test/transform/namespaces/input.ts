import { effect, later } from '../../support/effects.ts';

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

export enum Color {
  Red = 'red',
}

/** Merged with the enum. */
export namespace Color {
  export async function pick(): Promise<string> {
    'use durable';
    return await job(Color.Red);
  }
}

namespace Outer {
  const hidden = 'hidden';
  export const kept = 'kept';
  async function inside(): Promise<string> {
    'use durable';
    return `${hidden} ${await job(kept)}`;
  }
  export const both = async function (): Promise<string> {
    'use durable';
    return (await inside()) + (await job('both'));
  };
}

/** Merged with the other part, whose exports it sees. */
namespace Outer {
  export const later = async (): Promise<string> => {
    'use durable';
    return `${kept} ${await job('later')}`;
  };
  export namespace Deep.Deeper {
    export class Box {
      static async open(): Promise<string> {
        'use durable';
        return await job(`${kept} open`);
      }
    }
  }
}

/** A function and a namespace in one. */
export async function main(): Promise<unknown> {
  'use durable';
  const { both, later, Deep } = Outer;
  return [await Color.pick(), await both(), await later(), await Deep.Deeper.Box.open(), await main.part()];
}
export namespace main {
  export const part = async (): Promise<string> => {
    'use durable';
    return await job('part');
  };
}
