import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The folder that holds Sluice's package.json, from the sources as well as from the bundles in dist. */
export function packageRoot(): URL {
  let folder = pathToFileURL(`${import.meta.dirname}/`);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('..', folder);
  return folder;
}
