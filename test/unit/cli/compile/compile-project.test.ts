import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { itCompilesProjects } from '../support/compile-suite.ts';

const typescript = fileURLToPath(import.meta.resolve('typescript/package.json'));
itCompilesProjects(dirname(typescript), ts.version);
