import ts from 'typescript';
import { expect, it } from 'vitest';
import { applyEdits } from '../../../../cli/edit/edits.ts';
import { addToOptions } from '../../../../cli/edit/json.ts';

function added(before: string): string | undefined {
  const edits = addToOptions(ts, ts.parseJsonText('tsconfig.json', before), 'plugins', '"x"');
  if (edits === undefined) return undefined;
  const after = applyEdits(before, edits);
  expect(ts.parseConfigFileTextToJson('tsconfig.json', after).error).toBeUndefined();
  return after;
}

it.each([
  ['{}', '{\n  "compilerOptions": {\n    "plugins": ["x"]\n  }\n}'],
  ['{ "compilerOptions": {} }', '{ "compilerOptions": {\n  "plugins": ["x"]\n} }'],
  [
    '{ "compilerOptions": { "strict": true } }',
    '{ "compilerOptions": { "strict": true, "plugins": ["x"] } }',
  ],
  ['{ "compilerOptions": { "plugins": [] } }', '{ "compilerOptions": { "plugins": ["x"] } }'],
  ['{ "compilerOptions": { "plugins": ["a"] } }', '{ "compilerOptions": { "plugins": ["a", "x"] } }'],
  [
    '{\n\t"compilerOptions": {\n\t\t"strict": true // yes\n\t}\n}\n',
    '{\n\t"compilerOptions": {\n\t\t"strict": true, // yes\n\t\t"plugins": ["x"]\n\t}\n}\n',
  ],
  [
    '{\n  "compilerOptions": {\n    "plugins": [\n      "a", // one\n    ],\n  }\n}\n',
    '{\n  "compilerOptions": {\n    "plugins": [\n      "a", // one\n      "x",\n    ],\n  }\n}\n',
  ],
])('adds to %j', (before, after) => {
  expect(added(before)).toBe(after);
});

it.each(['[]', '{ "compilerOptions": [] }', '{ "compilerOptions": { "plugins": "a" } }', ''])(
  'leaves %j as it is',
  (before) => {
    expect(added(before)).toBeUndefined();
  },
);
