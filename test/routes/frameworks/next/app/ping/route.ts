/** A route without Node, beside those that have durable functions. */
export const runtime = 'edge';

export const GET = (): Response => new Response('pong');
