/** The code of the pages that need packages (docs/databases.md, docs/nestjs.md), compiled and run with these, against servers. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { checkPages } from '../docs/check-pages.ts';
import { startServers } from './servers/all.ts';

/** Beside the packages, so that they are found. */
const folder = fileURLToPath(new URL('.tmp/docs', import.meta.url));
rmSync(folder, { recursive: true, force: true });
cpSync(fileURLToPath(new URL('.tmp/prisma', import.meta.url)), join(folder, 'src/databases/generated'), {
  recursive: true,
});

let servers: Awaited<ReturnType<typeof startServers>>;
beforeAll(async () => {
  servers = await startServers({});
});
afterAll(() => servers.stop());

checkPages({
  withPackages: true,
  folder,
  // The client of Prisma imports files by their extension.
  options: {
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    rewriteRelativeImportExtensions: true,
  },
  write(path, text) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  },
});
