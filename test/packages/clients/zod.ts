import { z } from 'zod';

export const close = async () => {};

const Order = z
  .object({
    id: z.coerce.number().int().positive(),
    mail: z.email(),
    lines: z.array(z.object({ sku: z.string().min(2), count: z.number().max(9) })).min(1),
    at: z.iso.datetime().transform((text) => new Date(text)),
    gift: z.union([z.literal('yes'), z.literal('no')]).optional(),
  })
  .refine(async ({ mail }) => !mail.startsWith('blocked'), { path: ['mail'], message: 'blocked' });

const right = {
  id: '7',
  mail: 'ada@example.org',
  lines: [{ sku: 'tea', count: 2 }],
  at: '2026-01-02T03:04:05Z',
};
const wrong = { id: -1, mail: 'x', lines: [{ sku: 't', count: 99 }], at: 'noon', gift: 'perhaps' };

const parse = async (value: unknown) => await Order.parseAsync(value);

export async function main() {
  'use durable';
  const order = await parse(right);
  const same = await Order.parseAsync(right);
  const safe = await Order.safeParseAsync(wrong);
  const seen: unknown[] = [];
  for (const value of [wrong, { ...right, mail: 'blocked@example.org' }, null]) {
    try {
      await parse(value);
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error;
      seen.push([
        error.name,
        error.issues.map(({ code, path, message }) => [code, path.join('.'), message]),
        z.flattenError(error),
        z.treeifyError(error),
        z.prettifyError(error),
        error.message === JSON.stringify(error.issues, null, 2),
        error instanceof Error,
        error instanceof z.ZodRealError,
      ]);
    }
  }
  const caught = await parse({}).catch((error: z.ZodError) => error.issues.length);
  return [
    [order.id, order.mail, order.at.getTime(), order.lines, same.at.toISOString()],
    [safe.success, safe.error?.issues.length, safe.error instanceof z.ZodError],
    seen,
    caught,
  ];
}
