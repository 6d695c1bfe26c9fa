/** What the Node that runs the tests can do and another supported one can't. */
import { Project } from './project.ts';

/** Node 22 has no `using`: code that is compiled to `esnext` with one in it is a syntax error there. */
export const parsesUsing = parses('{ using resource = null; }');

function parses(code: string): boolean {
  try {
    return new Function(code) !== undefined;
  } catch {
    return false;
  }
}

/**
 * CommonJS that an ES module imports can require an ES module that is in the same graph, and whose turn comes later. Node
 * returns that module without having evaluated it until 22.17, so each access to an export is a ReferenceError.
 */
export function requiresLinkedModules(): boolean {
  const project = new Project('node-abilities', {
    'index.mjs': "import './early.cjs';\nimport './late.mjs';\n",
    'early.cjs': "void require('./late.mjs').value;\n",
    'late.mjs': 'export const value = 1;\n',
  });
  return project.node('index.mjs').status === 0;
}
