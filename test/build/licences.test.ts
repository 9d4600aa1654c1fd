import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LICENCES_FILE, thirdPartyLicences } from '../../lib/build/licences.ts';
import { packageRoot } from '../../lib/package-root.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-licences-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Installs a package with these files beside its package.json; answers a file of it. */
function installed(path: string, manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(root, 'node_modules', path);
  const all = { 'package.json': JSON.stringify({ name: path, version: '1.2.3', ...manifest }), ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return `node_modules/${path}/dist/index.js`;
}

const mit = { LICENSE: 'Do as you please.' };

describe('the licences of what is bundled', () => {
  it('name each package with its version and licence, and give the full texts, notices included', () => {
    const one = installed('one', { license: 'MIT' }, mit);
    const two = installed(
      '@scope/two',
      { license: 'Apache-2.0' },
      { 'LICENSE.md': 'Apache says', NOTICE: 'made by two' },
    );
    const text = thirdPartyLicences([one, two, 'lib/rollout/plan.ts'], root);
    expect(text).toContain('one 1.2.3 (MIT)\n\nDo as you please.');
    expect(text).toContain('@scope/two 1.2.3 (Apache-2.0)\n\nApache says\n\nmade by two');
  });

  it('are the same bytes in whatever order the files come', () => {
    const files = [
      installed('b', { license: 'MIT' }, mit),
      installed('a', { license: 'ISC' }, { LICENCE: 'ISC says' }),
    ];
    expect(thirdPartyLicences(files.toReversed(), root)).toBe(thirdPartyLicences(files, root));
  });

  it('give a text that several packages share once', () => {
    const files = ['b', 'a'].map((name) => installed(name, { license: 'MIT' }, mit));
    const text = thirdPartyLicences(files, root);
    expect(text.match(/Do as you please/g)).toHaveLength(1);
    expect(text).toContain('a 1.2.3 (MIT)\nb 1.2.3 (MIT)');
  });

  it('tell two versions of a package apart', () => {
    const outer = installed('one', { license: 'MIT' }, mit);
    const inner = installed('two/node_modules/one', { name: 'one', version: '0.9.0', license: 'MIT' }, mit);
    expect(thirdPartyLicences([outer, inner], root)).toContain('one 0.9.0 (MIT)\none 1.2.3 (MIT)');
  });

  it.each([
    ['of a licence that asks for more', { license: 'GPL-3.0-only' }, mit, 'found GPL-3.0-only'],
    ['without any licence', {}, mit, 'found none'],
    ['whose licence is a choice that nobody has made', { license: '(MIT OR GPL-3.0-only)' }, mit, 'found (MIT OR GPL'],
    ['without a licence file', { license: 'MIT' }, {}, 'expected a licence file, found none'],
  ])('refuse a package %s', (_, manifest, files, reason) => {
    const path = installed('one', manifest, files as Record<string, string>);
    expect(() => thirdPartyLicences([path], root)).toThrow(reason);
    expect(() => thirdPartyLicences([path], root)).toThrow('one 1.2.3');
  });

  it('take the file of a package from the same repository under the same licence, and say so', () => {
    const repository = { url: 'https://example.com/sdk.git' };
    const one = installed('one', { license: 'MIT', repository }, mit);
    const two = installed('two', { license: 'MIT', repository });
    expect(thirdPartyLicences([one, two], root)).toContain(
      'two 1.2.3 (MIT, licence file of one, from the same repository)',
    );
    const other = installed('three', { license: 'ISC', repository });
    expect(() => thirdPartyLicences([one, other], root)).toThrow('three 1.2.3: expected a licence file');
  });

  it('of all that is bundled stand in one file of the package', () => {
    const text = readFileSync(new URL(`dist/${LICENCES_FILE}`, packageRoot()), 'utf8');
    for (const name of [
      '@smithy/core',
      '@aws-sdk/client-lambda',
      'aws-local-stepfunctions',
      '@sinonjs/fake-timers',
      'zod',
    ]) {
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    expect(text).toContain('Apache License');
    expect(text).toContain('Permission is hereby granted, free of charge');
  });
});
