const AT_ONCE = 'return n + 2';
const IN_TURN = 'return new Promise((resolve) => setImmediate(() => resolve(n + 2)))';

/** What random programs call. Only what a program uses is written into it. */
const ITEMS: Readonly<Record<string, string>> = {
  Failure: `class Failure extends Error {
  readonly code: number;
  constructor(code: number) {
    super(\`code \${code}\`);
    this.name = 'Failure';
    this.code = code;
  }
}`,
  get: `async function get(n: number, ms = 1): Promise<number> {
  effect(\`get \${n}\`);
  return later(ms, (n % 7) + 1);
}`,
  say: `async function say(text: string, ms = 1): Promise<string> {
  effect(\`say \${text}\`);
  return later(ms, \`<\${text}>\`);
}`,
  quick: `async function quick(n: number): Promise<number> {
  effect(\`quick \${n}\`);
  ${AT_ONCE};
}`,
  bad: `async function bad(n: number, ms = 1): Promise<number> {
  effect(\`bad \${n}\`);
  return fail(ms, new Failure(n));
}`,
  risky: `async function risky(n: number, ms = 1): Promise<number> {
  effect(\`risky \${n}\`);
  return n % 2 === 0 ? later(ms, n / 2) : fail(ms, new Failure(n));
}`,
  load: `async function load(n: number, ms = 1): Promise<{ id: number; tags: (string | undefined)[]; note?: string; extra: number }> {
  effect(\`load \${n}\`);
  return later(ms, { id: n % 5, tags: n % 2 === 0 ? ['even', undefined, 'x'] : [], extra: 1, ...(n % 3 === 0 ? { note: 'third' } : {}) });
}`,
  items: `async function items(n: number, ms = 1): Promise<number[]> {
  effect(\`items \${n}\`);
  return later(ms, [n, n + 1]);
}`,
  sql: `async function sql(parts: TemplateStringsArray, ...values: number[]): Promise<number> {
  effect(\`sql \${parts.join('?')} \${values}\`);
  return later(3, values.length + values[0]!);
}`,
  each: `async function each(list: readonly number[], fn: (n: number) => Promise<number>): Promise<number> {
  effect(\`each \${list}\`);
  let sum = 0;
  for (const n of list) sum += await fn(n);
  return sum;
}`,
  echo: `async function echo<T>(value: T, ms = 1): Promise<T> {
  effect('echo');
  return later(ms, value);
}`,
  inc: `function inc(n: number): number {
  return n + 1;
}`,
  apply: `function apply<T>(fn: (n: number) => T, n: number): T {
  return fn(n);
}`,
  Repo: `class Repo {
  #prefix: string;
  constructor(prefix: string) {
    this.#prefix = prefix;
  }
  async find(n: number, ms = 1): Promise<number> {
    effect(\`find \${this.#prefix} \${n}\`);
    return later(ms, n + this.#prefix.length);
  }
}`,
  open: `const open = (n: number) => ({
  n,
  async [Symbol.asyncDispose](): Promise<void> {
    effect(\`close \${n}\`);
    await later(2, 0);
  },
});`,
  Eager: `class Eager<T> {
  readonly #work: Promise<T>;
  constructor(work: Promise<T>) {
    this.#work = work;
  }
  static resolve<T>(value: T): Eager<T> {
    return new Eager(Promise.resolve(value));
  }
  static reject(reason: unknown): Eager<never> {
    return new Eager(Promise.reject(reason));
  }
  then<R, E = never>(resolve?: (value: T) => R | PromiseLike<R>, reject?: (error: unknown) => E): Eager<R | E> {
    return new Eager(this.#work.then(resolve, reject));
  }
  catch<R>(reject: (error: unknown) => R): Eager<T | R> {
    return new Eager(this.#work.catch(reject));
  }
}`,
  eager: `function eager(n: number, ms = 1): Eager<number> {
  effect(\`eager \${n}\`);
  return new Eager(n >= 100 ? fail(ms, new Failure(n)) : later(ms, n + 1));
}`,
  cancelable: `function cancelable(n: number, ms = 1): PromiseLike<number> & { cancel(): void } {
  effect(\`cancelable \${n}\`);
  const work = later(ms, n + 1);
  return Object.create(Promise.prototype, {
    then: { value: (resolve: (n: number) => void, reject: (error: unknown) => void) => work.then(resolve, reject) },
    cancel: { value: () => {} },
  });
}`,
  begun: `function begun(n: number, ms = 1) {
  effect(\`begun \${n}\`);
  const work = later(ms, n + 1);
  const then = work.then.bind(work);
  return { then, catch: work.catch.bind(work) };
}`,
  publish: `async function publish(what: unknown, ms = 1): Promise<string> {
  const text = JSON.stringify(what, (_key, value) => (value instanceof Set ? [...value] : value));
  effect(\`publish \${text}\`);
  return later(ms, text);
}`,
  save: `async function save(this: { n: number }, ms: number): Promise<string> {
  effect(\`save \${this.n}\`);
  return later(ms, \`saved \${this.n}\`);
}`,
  payOnce: `async function payOnce(n: number, ms = 1): Promise<number> {
  const { attempt } = currentStep();
  effect(\`pay \${n} \${attempt}\`);
  if (attempt < 2 || n >= 6) return fail(ms, new Failure(n + attempt));
  return later(ms, n + attempt);
}
const RETRY = { attempts: 3, delay: 0, jitter: 0 };`,
  pay: 'const pay = withPolicy(payOnce, { retry: RETRY });',
  bank: 'const bank = { pay: withPolicy(payOnce, { retry: RETRY }) };',
  HttpError: `class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code = 'ERR_STATUS';
  readonly status: number;
  readonly request = { socket: new (class Socket { handlers = [() => {}]; write(): void {} })(), agent: setImmediate };
  readonly response: { status: number; headers: Record<string, string>; data: { n: number; list: number[]; at: Date }; read: () => void };
  constructor(n: number) {
    super(\`status \${n}\`, { cause: new Failure(n) });
    this.status = 400 + n;
    this.response = { status: n, headers: { 'x-n': String(n) }, data: { n, list: [n, 1], at: new Date(n * 1000) }, read: () => {} };
  }
  toJSON(): Record<string, unknown> {
    return { n: this.status };
  }
}`,
  request: `async function request(n: number, ms = 1): Promise<number> {
  effect(\`request \${n}\`);
  return fail(ms, new HttpError(n));
}`,
  Query: `class Query {
  #sum: number;
  constructor(sum: number) {
    this.#sum = sum;
  }
  plus(n: number): this {
    this.#sum += n;
    return this;
  }
  then(resolve: (sum: number) => void): void {
    effect(\`query \${this.#sum}\`);
    setTimeout(() => resolve(this.#sum), 3);
  }
}`,
  db: `const db = {
  select: (n: number): Query => new Query(n),
  maybe: undefined as { select(n: number): Query } | undefined,
};`,
  api: `const api = {
  base: 3,
  repos: [new Repo('a'), new Repo('bb')],
  maybe: undefined as ((n: number) => Promise<number>) | undefined,
  nested: {
    async add(n: number, m: number, ms = 1): Promise<number> {
      effect(\`add \${n} \${m}\`);
      return later(ms, n + m);
    },
  },
  async scale(n: number, ms = 1): Promise<number> {
    effect(\`scale \${n}\`);
    return later(ms, n * this.base);
  },
};`,
};

const IMPORTS: readonly (readonly [string, readonly string[]])[] = [
  ['use-durable', ['currentStep', 'sleep', 'step', 'withPolicy']],
  ['../../support/effects.ts', ['effect', 'fail', 'later']],
];

const uses = (source: string, name: string): boolean =>
  new RegExp(`(?<![.\\w])${name}\\b[(<.;,?)\\]\`]`).test(source);

/**
 * The program as its text would be if steps were plain: the outcome of each comes in a turn of the event loop of its own,
 * also of one that has nothing to wait for. Who counts microtasks beside such a step sees it; nothing else does.
 */
export const inTurns = (source: string): string => source.replace(AT_ONCE, IN_TURN);

/** The program with what it needs in front. */
export function withPrelude(source: string): string {
  const used: string[] = [];
  let text = source;
  for (const [name, item] of Object.entries(ITEMS).reverse()) {
    if (!uses(text, name) && !(name === 'Failure' && text.includes('Failure'))) continue;
    used.unshift(item);
    text = `${item}\n${text}`;
  }
  // Some items need those that stand in front of them.
  const whole = `${Object.entries(ITEMS)
    .filter(([name, item]) => used.includes(item) || (name === 'Failure' && text.includes('Failure')))
    .map(([, item]) => item)
    .join('\n\n')}\n\n${source}`;
  const imports = IMPORTS.map(([from, names]) => {
    const needed = names.filter((name) => uses(whole, name));
    return needed.length === 0 ? '' : `import { ${needed.join(', ')} } from '${from}';\n`;
  });
  return `${imports.join('')}\n${whole}`;
}
