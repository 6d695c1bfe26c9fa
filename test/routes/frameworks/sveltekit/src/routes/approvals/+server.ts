import type { RequestHandler } from '@sveltejs/kit';
import { durable } from '../../../shop/durable.ts';

export const POST: RequestHandler = async ({ url }) => {
  await durable().complete(url.searchParams.get('token') ?? '', url.searchParams.get('by'));
  return new Response(null, { status: 204 });
};
