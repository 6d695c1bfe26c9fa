import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { createHash } from 'node:crypto';
import { step } from 'use-durable';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from 's3-like';

const s3 = new S3Client({ region: process.env.AWS_REGION ?? 'eu-central-1' });
const Bucket = process.env.BUCKET ?? 'uploads';

/** Made when it is first needed. */
let scratch: string | undefined;
async function scratchFolder(): Promise<string> {
  scratch ??= await mkdtemp(join(tmpdir(), 'upload-'));
  return scratch;
}

export async function upload(files: readonly string[], options: { gzip?: boolean; keep?: boolean } = {}) {
  'use durable';
  const done: { key: string; etag: string | undefined; bytes: number }[] = [];
  const failed = new Map<string, Error>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const file = files[next++]!;
      const key = `${basename(file)}${options.gzip ? '.gz' : ''}`;
      try {
        const sent = await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: createBody(file) }));
        const size = await step(`size of ${key}`, async () => (await stat(file)).size);
        done.push({ key, etag: sent.ETag, bytes: size });
      } catch (error) {
        failed.set(key, error as Error);
      }
    }
  };
  await Promise.all(Array.from({ length: 3 }, () => worker()));

  const text = await step('manifest', async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'manifest.txt' }));
    return (await Body?.transformToString()) ?? '';
  });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'manifest.txt' }));
  const packed = await pack(text.split('\n'));
  const sums = await Promise.all(done.map(({ key }) => digest(key)));
  if (!options.keep) await Promise.allSettled(files.map((file) => rm(file, { force: true })));
  return { done, failed, sums, packed, at: head.LastModified, meta: head.Metadata, status: head.$metadata.httpStatusCode };
}

const createBody = (file: string) => createReadStream(file).pipe(createGzip());

async function pack(lines: string[]): Promise<Buffer> {
  const target = join(await scratchFolder(), 'lines.gz');
  await writeFile(`${target}.txt`, lines.join('\n'));
  await pipeline(createReadStream(`${target}.txt`), createGzip());
  return await readFile(`${target}.txt`);
}

async function digest(key: string): Promise<{ key: string; sha: string }> {
  return { key, sha: createHash('sha256').update(await readFile(key)).digest('hex') };
}
