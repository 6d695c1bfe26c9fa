import { effect } from '../../support/effects.ts';

// A body is read once, whatever was recorded of it: a Response that a step gave is used up after a restart, too.

async function respond(text: string): Promise<Response> {
  effect(`respond ${text}`);
  return new Response(text, { headers: { 'x-kind': 'text' } });
}

async function empty(): Promise<Response> {
  effect('empty');
  return new Response(null, { status: 204 });
}

async function note(value: unknown): Promise<unknown> {
  effect(`note ${JSON.stringify(value)}`);
  return value;
}

const said = (error: unknown): string => (error as Error).name;

export async function main(): Promise<unknown> {
  'use durable';
  const log: unknown[] = [];
  const once = await respond('once');
  log.push(once.bodyUsed, await once.text(), once.bodyUsed, once.headers.get('x-kind'));
  log.push(await once.text().catch(said), await note(once.bodyUsed));

  const json = await respond('{"a":1}');
  log.push(await json.json(), await note(1));
  try {
    log.push(await json.text());
  } catch (error) {
    log.push(said(error));
  }

  const broken = await respond('not json');
  try {
    log.push(await broken.json());
  } catch (error) {
    log.push(said(error), await broken.text().catch(said));
  }

  const twice = await respond('[2]');
  const copy = twice.clone();
  log.push(await twice.json(), twice.bodyUsed, copy.bodyUsed, await note(2), await copy.text(), copy.bodyUsed);
  try {
    copy.clone();
  } catch (error) {
    log.push(said(error));
  }

  const nothing = await empty();
  log.push(await nothing.text(), await nothing.text(), nothing.bodyUsed, nothing.status);

  const read = async (response: Response): Promise<unknown> => {
    const value = await response.json();
    await note(value);
    return [value, response.bodyUsed, await response.arrayBuffer().catch(said)];
  };
  log.push(await read(await respond('{"closure":true}')));

  const chained = await respond('chained');
  log.push(await chained.text().then((text) => text.toUpperCase()), await note(3));
  log.push(await chained.text().then((text) => text.length, said));

  const later = await respond('later');
  const text = later.text();
  log.push(later.bodyUsed, await note(4), await text, await later.blob().catch(said));

  const request = new Request('https://example.com/', { method: 'POST', body: 'asked' });
  log.push(await request.text(), await note(5), request.bodyUsed, await request.text().catch(said));

  const bytes = await respond('bytes');
  const [one, two] = await Promise.allSettled([bytes.arrayBuffer(), bytes.text()]);
  log.push(one.status, two.status, await note(6));
  return log;
}
