import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controllerFunctions } from '../constructs/definition.ts';
import { BUNDLES, type Bundle, bundleFile, bundleFunction } from './bundle.ts';
import { root } from './compile.ts';
import { writeDeclarations } from './declarations.ts';
import { commandLine, imports } from './entries.ts';
import { LICENCES_FILE, thirdPartyLicences } from './licences.ts';
import { schemas } from './schemas.ts';

/**
 * Builds the files that are shipped but not written by hand: the functions' bundles, the state machine and a controller as they are
 * synthesized, the schemas of the custom resources, what a program imports with its declarations, the command line, and the licences of all packages in them.
 */
const bundles: Bundle[] = [];

function built(file: string, bundle: Bundle): void {
  bundles.push(bundle);
  console.log(`${file}  ${Math.ceil(bundle.bytes / 1024)} KB`);
}

rmSync(join(root, BUNDLES), { recursive: true, force: true });
for (const name of [...controllerFunctions, 'alias-resource', 'widget']) {
  built(`${BUNDLES}/${name}`, await bundleFunction(name));
}

// The constructs refuse to load without the bundles.
const { render } = await import('./render.ts');
writeFileSync(join(root, 'dist/state-machine.json'), `${JSON.stringify(render(), null, 2)}\n`);
console.log('dist/state-machine.json');
const { controllerTemplate, CONTROLLER_TEMPLATE } = await import('./standalone.ts');
writeFileSync(join(root, 'dist', CONTROLLER_TEMPLATE), `${JSON.stringify(controllerTemplate())}\n`);
console.log(`dist/${CONTROLLER_TEMPLATE}`);

for (const [file, schema] of Object.entries(schemas())) {
  writeFileSync(join(root, 'dist', file), `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`dist/${file}`);
}

for (const each of [...Object.values(imports), commandLine]) built(`dist/${each.file}`, await bundleFile(each));
writeDeclarations(Object.values(imports));
const inputs = new Set(bundles.flatMap((bundle) => bundle.inputs));
writeFileSync(join(root, 'dist', LICENCES_FILE), thirdPartyLicences([...inputs], root));
console.log(`dist/${LICENCES_FILE}`);
