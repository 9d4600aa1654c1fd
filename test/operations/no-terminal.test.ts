import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('operations know the domain, AWS and pages, and neither a terminal nor the process', () => {
  const files = globSync('lib/operations/*.ts');
  expect(files.length).toBeGreaterThan(10);
  const foreign = files.flatMap((file) => {
    // A doc comment may show a program that prints.
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
    const imports = [...code.matchAll(/from '(\.[^']+)'/g)].map(([, specifier = '']) => specifier);
    const outside = imports.filter(
      (specifier) => !/^(\.\/|\.\.\/(aws|page|rollout)\/|\.\.\/version\.ts$)/.test(specifier),
    );
    const uses = code.match(/\bprocess\.|\bconsole\./g) ?? [];
    return [...outside, ...uses].map((each) => `${file}: ${each}`);
  });
  expect(foreign).toEqual([]);
});
