import { effect, later } from '../../support/effects.ts';

type Method = (this: unknown, ...args: never[]) => unknown;

/** Only looks. */
function noted(_value: unknown, context: { name: string | symbol | undefined }): void {
  effect(`noted ${String(context.name)}`);
}

/** Puts another function in the place of the method: it calls the durable one. */
const wrappers = {
  tag: 'wrapped',
  with(method: Method, context: ClassMethodDecoratorContext): Method {
    const { tag } = this;
    return async function (this: unknown, ...args: never[]) {
      effect(`before ${String(context.name)}`);
      return [tag, await Reflect.apply(method, this, args)];
    };
  },
};

/** Puts another class in the place of the class. */
function extended<C extends abstract new (...args: never[]) => object>(base: C): C {
  abstract class Extended extends base {
    static rate = 5;
    static async replaced(n: number): Promise<unknown> {
      return ['replaced', await (Object.getPrototypeOf(this) as typeof Till).replaced.call(this, n)];
    }
  }
  return Extended as unknown as C;
}

async function job(name: string): Promise<string> {
  effect(`job ${name}`);
  return later(1, name);
}

@noted
@extended
export class Till {
  static rate = 1;

  static async plain(n: number): Promise<unknown> {
    'use durable';
    return [await job(`plain ${n}`), this.rate];
  }

  static async replaced(n: number): Promise<unknown> {
    'use durable';
    return [await job(`replaced ${n}`), this.rate];
  }

  @noted
  static async seen(n: number): Promise<unknown> {
    'use durable';
    return [await job(`seen ${n}`), this.rate];
  }

  @noted
  @wrappers.with
  static async wrapped(n: number): Promise<unknown> {
    'use durable';
    return [await job(`wrapped ${n}`), this.rate];
  }

  @noted
  static quick = async (n: number): Promise<unknown> => {
    'use durable';
    return await job(`quick ${n}`);
  };
}

export async function main(): Promise<unknown> {
  'use durable';
  const wrapped = await Till.wrapped(4);
  return [await Till.plain(1), await Till.replaced(2), await Till.seen(3), wrapped, await Till.quick(5)];
}
