import type ts from 'typescript';
import { textsOf } from '../../transformer/hosts/tsconfig.ts';
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

const ENTRY = /\{[^{}]*"use-durable\/(?:tspc|ls)"[^{}]*\}/g;
const COMMENT = /("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[\s\S]*?\*\//g;

/** The same by the texts of a configuration and of those that it extends: TypeScript 7.1 keeps no `plugins` in its options. */
export function lockModeIn(file: string): LockMode | undefined {
  const entries = textsOf(file).map((text) => text.replace(COMMENT, '$1').match(ENTRY) ?? []);
  // The list of a configuration takes the place of that which it extends.
  const [first = []] = entries.filter(({ length }) => length > 0);
  const mode = /"lock"\s*:\s*"(read|write)"/.exec(first.join());
  return mode?.[1] as LockMode | undefined;
}
