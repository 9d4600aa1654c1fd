import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../lib/package-root.ts';
import { readEquivalents, withoutEquivalents } from './equivalent.ts';
import { mutantsOf } from './mutants.ts';
import { settingsOf } from './settings.ts';
import { filesOf, readAll } from './sources.ts';

const reason = 'both sides are whole numbers here';
const mutants = [
  ...mutantsOf('lib/a.ts', 'const f = (a: number) => a > 1;').mutants,
  ...mutantsOf('lib/b.ts', 'const g = (a: number) => a > 1;').mutants,
];

describe('an equivalent mutant', () => {
  it('is taken out by its name', () => {
    const left = withoutEquivalents(mutants, [{ name: 'f: a > 1 -> a >= 1', reason }]);
    expect(mutants.filter((mutant) => !left.includes(mutant)).map(({ name }) => name)).toEqual(['f: a > 1 -> a >= 1']);
  });

  it('that is there no longer is refused', () => {
    expect(() => withoutEquivalents(mutants, [{ name: 'f: a > 2 -> a >= 2', reason }])).toThrow(
      'expected one mutant "f: a > 2 -> a >= 2", found no mutant',
    );
  });

  it('that is there twice has to say under what', () => {
    const twice = [...mutants, ...mutantsOf('lib/c/d.ts', 'const f = (a: number) => a > 1;').mutants];
    const name = 'f: a > 1 -> a >= 1';
    expect(() => withoutEquivalents(twice, [{ name, reason }])).toThrow('found 2: lib/a.ts, lib/c/d.ts');
    expect(withoutEquivalents(twice, [{ name, under: 'lib/c/', reason }])).toHaveLength(twice.length - 1);
  });

  it('of this project is still there', () => {
    const root = fileURLToPath(packageRoot());
    const all = [...readAll(root, filesOf(root, settingsOf([]).files))].flatMap(
      ([file, text]) => mutantsOf(file, text).mutants,
    );
    const listed = readEquivalents(new URL('equivalent.json', import.meta.url));
    expect(withoutEquivalents(all, listed)).toHaveLength(all.length - listed.length);
  });
});
