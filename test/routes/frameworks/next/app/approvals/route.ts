import { durable } from '../../shop/durable.ts';

export async function POST(request: Request): Promise<Response> {
  const { searchParams } = new URL(request.url);
  await durable().complete(searchParams.get('token') ?? '', searchParams.get('by'));
  return new Response(null, { status: 204 });
}
