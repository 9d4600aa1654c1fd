import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';

const text = (file: string): string => readFileSync(new URL(file, packageRoot()), 'utf8');
const manifest = JSON.parse(text('package.json'));

/** The files that `npm pack` takes, without building again. */
const packed: readonly string[] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: fileURLToPath(packageRoot()),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)[0].files.map(({ path }: { readonly path: string }) => path);

/** Every path in a value of the manifest. */
const pathsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value.replace(/^\.\//, '')] : Object.values(value as object).flatMap(pathsIn);

describe('the manifest', () => {
  it('asks for the CDK and for nothing else', () => {
    expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    expect(manifest.dependencies).toBeUndefined();
  });

  it('asks for the release of the CDK that .ci/package tries, or a newer one', () => {
    const { dependencies } = JSON.parse(text('test/package/old/package.json'));
    expect(manifest.peerDependencies['aws-cdk-lib']).toBe(`^${dependencies['aws-cdk-lib']}`);
    expect(text('README.md')).toContain(`\`aws-cdk-lib\` ${dependencies['aws-cdk-lib'].replace(/\.0$/, '')} or newer`);
    expect(text('README.md')).toContain(`Node ${manifest.engines.node.replace('>=', '')} or newer`);
  });

  it('names only files that are packed', () => {
    const named = [manifest.main, manifest.types, manifest.bin, manifest.typesVersions['*'], manifest.exports];
    expect(pathsIn(named).filter((path) => !packed.includes(path))).toEqual([]);
  });

  it('exports itself, as tools that look for the folder of a package ask for', () => {
    expect(createRequire(import.meta.url).resolve('sluice/package.json')).toBe(
      fileURLToPath(new URL('package.json', packageRoot())),
    );
  });

  it('may be published', () => {
    expect(manifest.private).toBeUndefined();
  });

  it('runs no script where it is installed', () => {
    const installing = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(manifest.scripts).filter((name) => installing.includes(name))).toEqual([]);
  });

  it('is found by those who look for constructs of the CDK', () => {
    expect(manifest.keywords).toEqual(expect.arrayContaining(['awscdk', 'aws-cdk', 'cdk']));
  });
});

describe('the tarball', () => {
  it('holds what was built, documents and scenarios, and no source, test or tool', () => {
    const expected =
      /^(dist\/(index|operations)\.(cjs|cjs\.map|d\.cts)|dist\/sluice\.mjs(\.map)?|dist\/functions\/[a-z-]+\/index\.mjs|dist\/state-machine\.json|dist\/(alias|group)\.schema\.json|dist\/controller\.template\.json|dist\/THIRD-PARTY-LICENSES\.txt|docs\/[a-z-]+\.(md|png)|lib\/rehearsal\/scenarios\/[a-z]+\.json|[A-Z]+(\.md)?|package\.json)$/;
    expect(packed.filter((path) => !expected.test(path))).toEqual([]);
  });

  it('holds every document that the README links to', () => {
    const links = [...text('README.md').matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, path]) => path as string);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((path) => !packed.includes(path))).toEqual([]);
  });

  it.each(['dist/index.cjs', 'dist/operations.cjs', 'dist/sluice.mjs'])(
    'holds a map of %s with the sources of Sluice and of nobody else',
    (file) => {
      const { sources, sourcesContent } = JSON.parse(text(`${file}.map`)) as {
        readonly sources: readonly string[];
        readonly sourcesContent: readonly (string | null)[];
      };
      const told = sources.filter((_, index) => sourcesContent[index]);
      expect(told.some((source) => source.includes('lib/rollout/'))).toBe(true);
      expect(told.filter((source) => source.includes('node_modules') && source.includes('zod'))).toEqual([]);
      expect(text(file)).toContain(`//# sourceMappingURL=${file.replace('dist/', '')}.map`);
    },
  );
});

describe('the declarations', () => {
  it.each(['dist/index.d.cts', 'dist/operations.d.cts'])('of %s import from the CDK only', (file) => {
    const from = [...text(file).matchAll(/^(?:import|export) .*?from '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
      ([, statement, call]) => statement ?? (call as string),
    );
    expect(from.filter((name) => !/^(aws-cdk-lib(\/[\w-]+)?|constructs)$/.test(name))).toEqual([]);
    expect(text(file)).not.toMatch(/\bzod\b/i);
  });
});

describe('the constructs', () => {
  it('are the same classes for require and for import', () => {
    const script = `
      import { createRequire } from 'node:module';
      import * as imported from 'sluice';
      const required = createRequire(import.meta.url)('sluice');
      console.log(JSON.stringify(Object.keys(required).map((name) => [name, imported[name] === required[name]])));
    `;
    const words = ['--input-type=module', '--eval', script];
    const out = execFileSync(process.execPath, words, { cwd: fileURLToPath(packageRoot()), encoding: 'utf8' });
    const exports: readonly (readonly [string, boolean])[] = JSON.parse(out);
    expect(exports.map(([name]) => name)).toContain('RolloutAlias');
    expect(exports.filter(([, same]) => !same)).toEqual([]);
  });
});
