import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';

/** The files that an import of the library loads, and the packages that it takes from a user's app. */
async function loadedBy(entry: string) {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(packageRoot()),
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    metafile: true,
    // As Node loads it: without leaving out what nothing uses.
    treeShaking: false,
    ignoreAnnotations: true,
    external: ['aws-cdk-lib', 'constructs', 'esbuild'],
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports.map(({ path }) => path));
  return [...Object.keys(metafile.inputs), ...imports];
}

const sdk = /@(aws-sdk|smithy)\//;

describe("importing 'sluice' in an app", () => {
  it('loads no client of the SDK, which every synth would pay for', async () => {
    const loaded = await loadedBy('lib/index.ts');
    expect(loaded).toContain('lib/constructs/rollout-alias.ts');
    expect(loaded.filter((file) => sdk.test(file))).toEqual([]);
  });

  it('would be found out: the handler of the same resource does load them', async () => {
    const loaded = await loadedBy('functions/alias-resource.ts');
    expect(loaded.some((file) => sdk.test(file))).toBe(true);
  });

  it('loads nothing of the command line, the rehearsal or the AWS calls', async () => {
    const loaded = await loadedBy('lib/index.ts');
    expect(loaded.filter((file) => /^(lib\/(aws|cli|rehearsal|operations)|functions)\//.test(file))).toEqual([]);
  });
});
