/** The lock of a single file, written as `durable lock` writes it. */
import { compile } from '../../transformer/compile.ts';
import { lockText } from '../../transformer/lock/lock-text.ts';
import { lockOfText, readLock } from '../../transformer/lock/read-lock.ts';
import { recordsOf, withFile } from '../../transformer/lock/write-lock.ts';

/** @param before the lock that is there */
export function lockFor(source: string, fileName: string, before?: string): string {
  const known = before === undefined ? undefined : lockOfText(before, false);
  const { manifests, diagnostics } = compile(source, { fileName }, 'look', known);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const lock = before === undefined ? new Map() : readLock(before).lock;
  const place = { package: undefined, path: fileName };
  return lockText(withFile(lock, place, recordsOf(manifests), (fn) => known?.of(fn)));
}
