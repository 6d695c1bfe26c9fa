/** Writes the drawings of the examples that README.md and docs/graph.md show. `npm run docs:drawings` runs it. */
import { writeFileSync } from 'node:fs';
import { drawings } from './drawings.ts';

for (const { path, svg } of drawings()) writeFileSync(path, svg);
