import { durable } from '../../shop/durable.ts';
import { order } from '../../shop/order.ts';

export const dynamic = 'force-dynamic';

const itemOf = (request: Request): string => new URL(request.url).searchParams.get('item') ?? '';

export async function POST(request: Request): Promise<Response> {
  const item = itemOf(request);
  const run = await durable().start(order, [item], { id: item });
  return Response.json({ id: run.id });
}

export async function GET(request: Request): Promise<Response> {
  const run = await durable().get(itemOf(request));
  if (run === undefined) return new Response(null, { status: 404 });
  const status = await run.status();
  return Response.json(status === 'completed' ? { status, result: await run.result() } : { status });
}
