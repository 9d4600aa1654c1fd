import { writeFileSync } from 'node:fs';
import { controllerFunctions } from '../constructs/definition.ts';
import { packageRoot } from '../package-root.ts';
import { BUNDLES, bundle } from './bundle.ts';

/** Builds the files that are shipped but not written by hand: the functions' bundles, and the state machine as it is synthesized. */
for (const name of [...controllerFunctions, 'alias-resource']) {
  const bytes = await bundle(name);
  console.log(`${BUNDLES}/${name}  ${Math.ceil(bytes / 1024)} KB`);
}

// The constructs refuse to load without the bundles.
const { render } = await import('./render.ts');
writeFileSync(new URL('dist/state-machine.json', packageRoot()), `${JSON.stringify(render(), null, 2)}\n`);
console.log('dist/state-machine.json');
