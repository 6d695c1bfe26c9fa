/** Checksums of rows, which find those that something else has changed. */
import type { SQLOutputValue } from 'node:sqlite';
import * as zlib from 'node:zlib';

export type Row = Record<string, SQLOutputValue>;

/** Of what a run is, apart from its journal. */
export const rowSum = (id: unknown, fn: unknown, createdAt: unknown, status: unknown): number =>
  zlib.crc32(JSON.stringify([id, fn, createdAt, status]));

/** Rows of files from before version 5 have no checksum. */
export const isRunIntact = ({ sum, id, fn, created_at, status }: Row): boolean =>
  sum === null || sum === rowSum(id, fn, created_at, status);

/** No row has this checksum. It marks a row that was changed, for all later changes. */
const NEVER = -1;

/** A function of SQL: the checksum of a row whose status becomes another. */
export const nextRowSum = (
  sum: SQLOutputValue,
  id: SQLOutputValue,
  fn: SQLOutputValue,
  createdAt: SQLOutputValue,
  status: SQLOutputValue,
  next: SQLOutputValue,
): number | null =>
  sum === null ? null : sum === rowSum(id, fn, createdAt, status) ? rowSum(id, fn, createdAt, next) : NEVER;

/** Ties the row of an event to its place, so that rows that were changed or exchanged are found. */
export const checksum = (id: string, seq: number, data: string): number =>
  zlib.crc32(data, zlib.crc32(`${id} ${seq}`));
