import type { Readable } from 'node:stream';
/** Shaped like the modular SDK of a cloud: commands, outputs with streams in them. */
export interface MetadataBearer { $metadata: { httpStatusCode?: number; requestId?: string; attempts?: number } }
export interface PutObjectCommandOutput extends MetadataBearer { ETag?: string; VersionId?: string; Expiration?: string | undefined }
export interface GetObjectCommandOutput extends MetadataBearer { Body?: (Readable & SdkStream) | (Blob & SdkStream); ContentLength?: number; LastModified?: Date }
export interface SdkStream { transformToString(encoding?: string): Promise<string>; transformToByteArray(): Promise<Uint8Array> }
export interface HeadObjectCommandOutput extends MetadataBearer { ContentLength?: number; LastModified?: Date; Metadata?: Record<string, string> }
declare abstract class Command<I, O> { readonly input: I; protected readonly output: O; resolveMiddleware(): void }
export class PutObjectCommand extends Command<{ Bucket: string; Key: string; Body: Readable | Uint8Array | string }, PutObjectCommandOutput> { constructor(input: { Bucket: string; Key: string; Body: Readable | Uint8Array | string }) }
export class GetObjectCommand extends Command<{ Bucket: string; Key: string }, GetObjectCommandOutput> { constructor(input: { Bucket: string; Key: string }) }
export class HeadObjectCommand extends Command<{ Bucket: string; Key: string }, HeadObjectCommandOutput> { constructor(input: { Bucket: string; Key: string }) }
export class S3Client {
  constructor(config: { region?: string; credentials?: () => Promise<object> });
  send(command: PutObjectCommand): Promise<PutObjectCommandOutput>;
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
  send(command: HeadObjectCommand): Promise<HeadObjectCommandOutput>;
  destroy(): void;
}
