import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleFunction, LARGEST_BUNDLE } from '../../lib/build/bundle.ts';
import { render } from '../../lib/build/render.ts';
import { controllerFunctions } from '../../lib/constructs/definition.ts';
import { packageRoot } from '../../lib/package-root.ts';

const built = (file: string) => readFileSync(new URL(`dist/${file}`, packageRoot()));

describe('what was built', () => {
  it('is the state machine that synth gives', () => {
    expect(JSON.parse(built('state-machine.json').toString())).toEqual(render());
  });

  it.each(controllerFunctions)('is the same bytes each time for %s, and small', async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
    try {
      expect((await bundleFunction(name, folder)).bytes).toBeLessThanOrEqual(LARGEST_BUNDLE);
      const again = readFileSync(join(folder, name, 'index.mjs'));
      expect(again.equals(built(`functions/${name}/index.mjs`))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
