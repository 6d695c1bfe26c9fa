import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

/** What a worker tells the process that restarts it. */
export interface LoadedFile {
  readonly loaded: string;
}

/** Tells the process above of each file of the project that is loaded from now on, if there is a channel to it. */
export function reportLoadedFiles(): void {
  if (process.send === undefined) return;
  nodeModule.registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:') && !url.includes('/node_modules/'))
        process.send?.({ loaded: fileURLToPath(url.replace(/[?#].*$/, '')) } satisfies LoadedFile);
      return next(url, context);
    },
  });
}
