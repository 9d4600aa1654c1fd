import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchOfTag, tagOfBranch } from '../../lib/branch/environment-tags.ts';

describe('the tag with a branch', () => {
  it('holds only what a tag may hold, at most 256 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (branch) => {
        expect(tagOfBranch(branch)).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      }),
    );
  });

  it('gives the branch back', () => {
    const branch = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 15 }), fc.stringMatching(/^[=0-9A-F#]{1,30}$/));
    fc.assert(
      fc.property(branch, (name) => {
        expect(branchOfTag(tagOfBranch(name))).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['feature/login', 'feature/login'],
    ['Feature_Zwölf #2', 'Feature_Zwölf =232'],
    ['日本語/Ärger', '日本語/Ärger'],
    ['a=b', 'a=b'],
    ['a=3D', 'a=3D3D'],
    ['👩‍💻', '=F0=9F=91=A9=E2=80=8D=F0=9F=92=BB'],
  ])('of %s is %s', (branch, tag) => {
    expect(tagOfBranch(branch)).toBe(tag);
  });
});
