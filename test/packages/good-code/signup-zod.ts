import createError from 'http-errors';
import { z } from 'zod';

export const close = async () => {};

const Signup = z.object({
  name: z.string().trim().min(2),
  mail: z.email().transform((mail) => mail.toLowerCase()),
  plan: z.enum(['free', 'team']).default('free'),
});
type Signup = z.infer<typeof Signup>;

const taken = new Set(['bob@example.org']);
const create = async ({ mail, name }: Signup) => {
  if (taken.has(mail)) throw createError(409, `${mail} is taken`, { expose: true });
  return { id: `u-${name}`, mail };
};
const welcome = async (id: string, plan: Signup['plan']) => `${id} on ${plan}`;

const REQUESTS: unknown[] = [
  { name: ' Ada ', mail: 'ADA@example.org' },
  { name: 'Bob', mail: 'bob@example.org', plan: 'team' },
  { name: 'x', mail: 'nowhere' },
];

export async function main() {
  'use durable';
  const answers: unknown[] = [];
  for (const request of REQUESTS) {
    const parsed = Signup.safeParse(request);
    if (!parsed.success) {
      answers.push({ status: 400, fields: Object.keys(z.flattenError(parsed.error).fieldErrors) });
      continue;
    }
    try {
      const user = await create(parsed.data);
      answers.push({ status: 201, user, sent: await welcome(user.id, parsed.data.plan) });
    } catch (error) {
      if (!createError.isHttpError(error)) throw error;
      answers.push({ status: error.status, message: error.message, expose: error.expose });
    }
  }
  return answers;
}
