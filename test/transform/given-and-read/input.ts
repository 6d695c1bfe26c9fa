import { Readable } from 'node:stream';
import { step } from 'use-durable';
import { effect, later } from '../../support/effects.ts';

async function load(): Promise<Response> {
  effect('load');
  return later(1, new Response('hello'));
}

async function save(body: Response | Request): Promise<string> {
  effect('save');
  return later(1, await body.text());
}

async function status(response: Response): Promise<number> {
  effect('status');
  return later(1, response.status);
}

async function slowStatus(response: Response): Promise<number> {
  effect('slow status');
  return later(9, response.status);
}

async function send(init: { readonly body: ReadableStream | null }): Promise<string> {
  effect('send');
  return later(1, await new Response(init.body).text());
}

async function refuse(response: Response): Promise<never> {
  effect('refuse');
  throw new RangeError(await response.text());
}

async function lines(stream: Readable): Promise<string> {
  effect('lines');
  return later(1, (await stream.toArray()).join());
}

async function note(value: unknown): Promise<void> {
  effect(`note ${JSON.stringify(value)}`);
  await later(1, undefined);
}

const read = async (body: Response | Request): Promise<string> => {
  try {
    return await body.text();
  } catch (error) {
    return (error as Error).name;
  }
};

export async function main(): Promise<unknown> {
  'use durable';
  const out: unknown[] = [];
  const tryText = async (response: Response): Promise<void> => {
    try {
      out.push(await response.text());
    } catch (error) {
      out.push((error as Error).name);
    }
    await note(out.length);
  };

  const saved = await load();
  out.push(await save(saved), saved.bodyUsed);
  await tryText(saved);
  out.push(await read(saved));

  const looked = await load();
  out.push(await status(looked), looked.bodyUsed);
  await tryText(looked);

  const sent = await load();
  out.push(await send({ body: sent.body }));
  await tryText(sent);

  const captured = await load();
  out.push(await step('captured', async () => `${await captured.text()}!`));
  await tryText(captured);

  const refused = await load();
  out.push(await refuse(refused).catch((error: Error) => error.message));
  await tryText(refused);

  const later = await load();
  const saving = save(later);
  await note('beside');
  out.push(await saving);
  await tryText(later);

  const shared = await load();
  out.push(await Promise.all([slowStatus(shared), save(shared)]));
  await tryText(shared);

  const copied = await load();
  out.push(await save(copied.clone()));
  await tryText(copied);

  const request = new Request('http://localhost/', { method: 'POST', body: 'sent' });
  out.push(await save(request), await read(request), request.bodyUsed);
  await note('request');

  const [left, right] = (await load()).body!.tee();
  out.push(await send({ body: left }), await send({ body: right }));
  out.push(await lines(Readable.from(['a', 'b'])));
  await note('streams');
  return out;
}
