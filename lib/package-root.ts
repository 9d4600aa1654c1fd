import { existsSync } from 'node:fs';

/** The folder that holds Sluice's package.json, from the sources as well as from the compiled files in dist. */
export function packageRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return folder;
}
