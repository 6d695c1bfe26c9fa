import type { Context } from './context.ts';
import type { Idiom } from './idioms.ts';

/** Calls of a function with a policy: of three attempts the second succeeds, if the number is less than 6, or none. */
const CALLS: readonly ((ctx: Context, n: string) => string)[] = [
  (ctx, n) => `pay(${n}, ${ctx.ms()})`,
  (ctx, n) => `pay.call(undefined, ${n}, ${ctx.ms()})`,
  (ctx, n) => `pay.apply(undefined, [${n}, ${ctx.ms()}])`,
  (ctx, n) => `pay.bind(undefined, ${n})(${ctx.ms()})`,
  (ctx, n) => `Reflect.apply(pay, undefined, [${n}, ${ctx.ms()}])`,
  (ctx, n) => `bank.pay(${n}, ${ctx.ms()})`,
  (ctx, n) => `bank?.pay?.(${n}, ${ctx.ms()})`,
  (ctx, n) => `withPolicy(payOnce, { retry: RETRY })(${n}, ${ctx.ms()})`,
];

const call = (ctx: Context, number: number, n: string): string => CALLS[number % CALLS.length]!(ctx, n);

/** What is read of an error with a socket and functions in it, of which only the data is kept. */
const DATA = [
  'error.status * 10 + error.response.data.n',
  'error.message.length + Object.keys(error.response.headers).length * 10',
  'error.response.data.list.reduce((sum, n) => sum * 10 + n, error.response.status)',
  "(error.cause as Failure).code * 10 + (error instanceof HttpError ? 1 : 0) + (error.name === 'HttpError' ? 2 : 0)",
  '(error.toJSON().n as number) + error.code.length',
  "(error instanceof Error && 'response' in error ? error.response.data.at.getTime() : -1)",
] as const;

/** Steps that fail: attempts of policies, and errors of which a part can't be carried. */
export const FAILING: Readonly<Record<string, Idiom>> = {
  policyInChain: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => {
      const made = call(ctx, s.a, `${value} % 4${s.b % 2 === 0 ? '' : ' + 6'}`);
      const ends = [
        '.catch((error: Failure) => -error.code)',
        '.then((v) => v + 1, (error: Failure) => error.code)',
        '.then((v) => v * 2).catch((error: Failure) => error.code).finally(() => {})',
        `.catch(async (error: Failure) => error.code + (await quick(${s.b})))`,
      ];
      return [`const ${name} = await ${made}${ends[(s.a + s.b) % ends.length]};`, ctx.show(name)];
    },
  },
  policyCaught: {
    steps: 4,
    alone: true,
    lines: (ctx, s, name, value) => [
      'try {',
      ctx.show(`await ${call(ctx, s.a, `${value} % 4`)}`),
      ctx.show(`await ${call(ctx, s.b, '7')}`),
      `} catch (${name}) {`,
      ctx.show(`(${name} as Failure).code`),
      '}',
    ],
  },
  policyBeside: {
    steps: 4,
    lines: (ctx, s, name, value) => [
      `const ${name} = ${call(ctx, s.a, `${value} % 4`)};`,
      ctx.show(`await quick(${s.b})`),
      `const [${name}p, ${name}q] = await Promise.all([${name}, ${call(ctx, s.b, '8')}.catch((error: Failure) => error.code)]);`,
      ctx.show(`${name}p * 10 + ${name}q`),
    ],
  },
  errorData: {
    steps: 2,
    alone: true,
    lines: (ctx, s, name, value) => [
      'try {',
      `await request(${value}, ${ctx.ms()})${s.b % 2 === 0 ? '' : '.then((v: number) => v + 1)'};`,
      `} catch (${name}) {`,
      `const error = ${name} as HttpError;`,
      ctx.show(DATA[s.a % DATA.length]!),
      ctx.show(DATA[s.b % DATA.length]!),
      '}',
      s.a % 2 === 0
        ? ctx.show(
            `await request(${s.b}, ${ctx.ms()}).catch((error: HttpError) => ${DATA[s.b % DATA.length]})`,
          )
        : '',
    ],
  },
  errorDataSettled: {
    steps: 2,
    lines: (ctx, s, name, value) => [
      `const [${name}] = await Promise.allSettled([request(${value}, ${ctx.ms()}), get(${s.a}, ${ctx.ms()})]);`,
      `if (${name}.status === 'rejected') {`,
      `const error = ${name}.reason as HttpError;`,
      ctx.show(DATA[s.b % DATA.length]!),
      '}',
    ],
  },
};
