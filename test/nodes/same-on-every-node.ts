/**
 * Test files that the full tier leaves out on the oldest and the newest Node, where they take the most time. Their outcome can't
 * depend on the Node that they run on: they compare what the compiler makes of texts, or they run compiled programs, in another
 * form, that other files run on every Node. With `npm run test:full`, and on both Nodes in the quick tier, they run all the same.
 */
export const SAME_ON_EVERY_NODE: readonly (readonly [file: string, why: string])[] = [
  ['architecture/*', 'reads our own sources'],
  ['docs/{diagnostics,engines,errors}-page', 'compares generated pages'],
  ['docs/links', 'reads pages'],
  ['unit/transformer/bad-input/{half-typed,odd-files,syntax,tspc}', 'compiles'],
  [
    'unit/transformer/{diagnostics,emit,registrations,uses-of-values,file-id}',
    'compiles, and compares texts',
  ],
  ['unit/transformer/layouts', 'compiles fixtures in other layouts, and compares texts'],
  ['unit/transformer/editor/*', 'asks the compiler about texts'],
  [
    'unit/transformer/hosts/{carried-types,eslint,good-code,typed-diagnostics}',
    'asks the compiler about texts',
  ],
  ['unit/transformer/hosts/{files-with-errors,warnings}', 'compares what compilers print'],
  [
    'unit/transformer/targets',
    'runs the fixtures for older targets, which need less of a Node than meaning.test.ts',
  ],
];
