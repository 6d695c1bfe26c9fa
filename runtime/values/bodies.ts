/** Reads the bodies of Requests and Responses for the journal. The originals stay unread. */
import { Buffer } from 'node:buffer';

/** Limits for a body that belongs to an error, in bytes and in ms: it may be a stream without an end. */
const MAX_BYTES = 1_048_576;
const MAX_TIME = 5_000;

/** @returns base64 */
export const readBody = async (source: Request | Response): Promise<string> =>
  Buffer.from(await source.clone().arrayBuffer()).toString('base64');

/** @returns null for a body that is too long, takes too long, or can't be read */
export async function readBodyOfError(source: Request | Response): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, MAX_TIME, null);
    timer.unref();
  });
  try {
    const { body } = source.clone();
    if (typeof body?.getReader !== 'function') return await Promise.race([readBody(source), late]);
    const reader = body.getReader();
    const read = await Promise.race([readUpTo(reader), late]);
    if (read === null) reader.cancel().catch(() => {});
    return read;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function readUpTo(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    size += chunk.value.byteLength;
    if (size > MAX_BYTES) return null;
    chunks.push(chunk.value);
  }
  return Buffer.concat(chunks).toString('base64');
}
