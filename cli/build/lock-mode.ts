import type ts from 'typescript';
import type { LockMode } from '../../transformer/lock/mode.ts';

interface Plugin {
  readonly name?: string;
  readonly transform?: string;
  readonly lock?: LockMode;
}

/** What an entry of this package in `plugins` says of the lock: this build does what `tspc` would do. */
export function lockModeOf({ plugins = [] }: ts.CompilerOptions): LockMode | undefined {
  const ours = (plugins as readonly Plugin[]).filter(
    ({ name, transform }) => transform === 'use-durable/tspc' || name === 'use-durable/ls',
  );
  return ours.find(({ lock }) => lock !== undefined)?.lock;
}
