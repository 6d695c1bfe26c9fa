import { randomUUID } from 'node:crypto';
import { currentRun, currentStep, sleep, step } from 'use-durable';
import { z } from 'zod-like';

const Address = z.object({ street: z.string(), zip: z.string().optional(), since: z.date().nullable() });
const Signup = z.object({
  id: z.string().uuid().brand<'UserId'>(),
  email: z.string().email().transform((text) => text.toLowerCase()),
  tags: z.array(z.string()).default([]),
  address: Address,
  age: z.number().refine((age) => age > 17),
});
const Event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), at: z.date() }),
  z.object({ kind: z.literal('failed'), reason: z.string() }),
]);
type Signup = z.infer<typeof Signup>;
type Event = z.infer<typeof Event>;
type Branded<T, B extends string> = T & { readonly __brand: B };
type Token = Branded<string, 'Token'>;

enum Plan {
  Free = 'free',
  Paid = 'paid',
}
interface Result<T, E = Error> {
  readonly ok: boolean;
  readonly value?: T;
  readonly error?: E;
}
interface Node_ {
  readonly name: string;
  readonly parent: Node_ | null;
  readonly children: readonly Node_[];
}

export const signup = async (raw: unknown, plan: Plan = Plan.Free): Promise<Result<Signup>> => {
  'use durable';
  const parsed = Signup.safeParse(raw);
  if (!parsed.success) return { ok: false, error: new Error(parsed.error.issues.map(({ message }) => message).join()) };
  const user = await Signup.parseAsync(parsed.data);
  const token = await issue(user, plan);
  const requestId = randomUUID();
  const { id } = currentRun();
  await mail(user.email, `${token} ${requestId} ${id}`);
  const events: Event[] = [];
  const deadline = Date.now() + 7 * 24 * 3600 * 1000;
  while (Date.now() < deadline) {
    await sleep('1h');
    const found = await eventsOf(user.id, events.at(-1));
    events.push(...found);
    const [first] = found;
    if (first?.kind === 'opened') break;
    if (first?.kind === 'failed') return { ok: false, error: new TypeError(first.reason) };
  }
  const tree = await team(user.id);
  const names = flatten(tree).map(({ name }) => name);
  const counted = await step('count', () => names.filter(Boolean).length);
  return { ok: counted > 0, value: { ...user, tags: [...user.tags, ...names] } };
};

function flatten(node: Node_): Node_[] {
  return [node, ...node.children.flatMap(flatten)];
}
async function issue(_user: Signup, _plan: Plan): Promise<Token> {
  return currentStep().idempotencyKey as Token;
}
async function mail(_to: string, _text: string): Promise<void> {}
async function eventsOf(_id: Signup['id'], _after: Event | undefined): Promise<Event[]> {
  return [];
}
async function team(_id: string): Promise<Node_> {
  return { name: 'a', parent: null, children: [] };
}
