/**
 * Compiles files that tsx loads: `node --import use-durable/tsx app.ts`. It registers the hooks of this package, then those of
 * tsx, which is found in the project: in this order files come here as they are written.
 */
import '../base/require-node.ts';
import './register.ts';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

await import(pathToFileURL(find()).href);

function find(): string {
  const folder = process.cwd();
  // The program may be in another package than the one where Node was started.
  for (const from of [resolve(folder, 'package.json'), resolve(process.argv[1] ?? folder)]) {
    try {
      return createRequire(from).resolve('tsx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(
    `use-durable/tsx needs the package tsx, which ${folder} doesn't have. Add it: npm install --save-dev tsx`,
  );
}
