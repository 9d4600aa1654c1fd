import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../lib/package-root.ts';
import { page, rows, section } from './docs/documents.ts';

/** A folder or file, and what it may import: of Sluice, and of packages. */
interface Layer {
  readonly name: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

interface Source {
  readonly path: string;
  readonly text: string;
}

const namesIn = (cell: string | undefined): string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);

const layers: readonly Layer[] = rows(section(page('CONTRIBUTING.md'), 'Layers')).map(([name, imports, packages]) => ({
  name: namesIn(name)[0] as string,
  imports: namesIn(imports),
  packages: namesIn(packages),
}));

const sources: readonly Source[] = ['lib', 'functions', 'bin'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, packageRoot()), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .map((path) => ({ path, text: readFileSync(new URL(path, packageRoot()), 'utf8') })),
);

const within = (path: string, name: string): boolean => path === name || path.startsWith(`${name}/`);

/** The layer that a file is in. */
const layerOf = (path: string): Layer | undefined => layers.find(({ name }) => within(path, name));

/** All modules that a source imports, of types and values, whenever it is run; without comments. */
function importsOf({ text }: Source): string[] {
  const code = text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '');
  const statements = /(?:^|[\s;}])(?:import|export)\s(?:[^'";]*?\sfrom\s+)?'([^']+)'/g;
  const calls = /\bimport\(\s*'([^']+)'/g;
  return [...code.matchAll(statements), ...code.matchAll(calls)].map(([, module]) => module as string);
}

/** The imports of a source that its row of the table does not allow. */
function violationsIn(source: Source): string[] {
  const layer = layerOf(source.path);
  if (!layer) return [`${source.path} is in no row of the table`];
  return importsOf(source).flatMap((module) => {
    const inside = module.startsWith('.');
    const target = inside ? posix.join(posix.dirname(source.path), module) : module;
    const allowed = inside
      ? [layer.name, ...layer.imports].some((name) => within(target, name))
      : layer.packages.some((name) => within(target, name));
    return allowed ? [] : [`${source.path} imports ${target}`];
  });
}

describe('the table of layers in CONTRIBUTING.md', () => {
  it('has a row for every source', () => {
    expect(layers.length).toBeGreaterThan(8);
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.filter(({ path }) => !layerOf(path)).map(({ path }) => path)).toEqual([]);
  });

  it('has no row without sources, and names no layer that it does not have', () => {
    const names = layers.map(({ name }) => name);
    expect(names.filter((name) => !sources.some(({ path }) => within(path, name)))).toEqual([]);
    expect(layers.flatMap(({ imports }) => imports).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('has its rows in an order in which each imports only rows above it', () => {
    const names = layers.map(({ name }) => name);
    const upwards = layers.flatMap(({ name, imports }, index) =>
      imports.filter((each) => names.indexOf(each) >= index).map((each) => `${name} -> ${each}`),
    );
    expect(upwards).toEqual([]);
  });

  it.each(layers)('holds for $name', ({ name }) => {
    expect(sources.filter(({ path }) => within(path, name)).flatMap(violationsIn)).toEqual([]);
  });

  it.each([
    ["import { alias } from '../aws/lambda/alias.ts';", 'lib/aws/lambda/alias.ts'],
    ["import type {\n  Account,\n} from '../cli/account.ts';", 'lib/cli/account.ts'],
    ["export * from '../../functions/shift.ts';", 'functions/shift.ts'],
    ["import '../aws/events/announce.ts';", 'lib/aws/events/announce.ts'],
    ["const late = await import('../cli/run.ts');", 'lib/cli/run.ts'],
    ["import { readFileSync } from 'node:fs';", 'node:fs'],
    ["import { LambdaClient } from '@aws-sdk/client-lambda';", '@aws-sdk/client-lambda'],
    ["import { z } from 'zod-of-somebody-else';", 'zod-of-somebody-else'],
  ])('would not hold for a lib/rollout with %s', (text, target) => {
    const path = 'lib/rollout/planted.ts';
    expect(violationsIn({ path, text })).toEqual([`${path} imports ${target}`]);
  });
});

describe('SDK commands', () => {
  const sends = /\bnew [A-Z]\w+Command\(/;
  const sending = sources.filter(({ text }) => sends.test(text)).map(({ path }) => path);

  it('are sent from lib/aws', () => {
    expect(sending.filter((path) => within(path, 'lib/aws')).length).toBeGreaterThan(10);
  });

  it('are sent from nowhere else', () => {
    expect(sending.filter((path) => !within(path, 'lib/aws'))).toEqual([]);
  });
});

describe('the unit tests of a worker, which share its modules,', () => {
  it('replace none of them: the tests after them would get the replacement', () => {
    const replacing = readdirSync(new URL('test/', packageRoot()), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .filter((path) => /\bvi\.(?:mock|doMock)\(/.test(readFileSync(new URL(`test/${path}`, packageRoot()), 'utf8')));
    expect(replacing).toEqual([]);
  });
});
