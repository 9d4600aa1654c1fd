import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchIn, environmentNameOf } from '../../lib/branch/branch-name.ts';

const branch = fc
  .oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.stringMatching(/^(feature|fix)\/[A-Za-z0-9/_.-]{1,300}$/),
    fc.constantFrom('Ünïcödé/Ärger', '日本語', '///', '---', '0', 'MAIN', 'main', 'a'.repeat(500)),
  )
  .filter((name) => name.trim() !== '');

describe("an environment's name", () => {
  it('is valid for every resource, whatever the branch is called', () => {
    fc.assert(
      fc.property(branch, (name) => {
        expect(environmentNameOf(name)).toMatch(/^[a-z]([a-z0-9]|-(?!-))*[a-z0-9]$/);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(branch, (name) => {
        expect(environmentNameOf(name).length).toBeLessThanOrEqual(29);
      }),
    );
  });

  it('is the same for the same branch, and another for another one', () => {
    fc.assert(
      fc.property(branch, branch, (one, other) => {
        expect(environmentNameOf(one)).toBe(environmentNameOf(one));
        if (one !== other) expect(environmentNameOf(one)).not.toBe(environmentNameOf(other));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['feature/login', 'feature-login-'],
    ['Feature/Login', 'feature-login-'],
    ['feature--login', 'feature-login-'],
    ['Ünïcödé', 'u-ni-co-de-'],
    ['日本語', 'b-'],
    ['123-fix', 'fix-'],
    ['dependabot/npm_and_yarn/some-long-package-1.2.3', 'dependabot-npm-and-y-'],
  ])('says of %s what it was', (name, beginning) => {
    expect(environmentNameOf(name).startsWith(beginning)).toBe(true);
  });

  it('tells branches apart that look alike after cleaning', () => {
    const alike = ['feature/login', 'Feature/Login', 'feature-login', 'feature_login', 'feature/login/'];
    expect(new Set(alike.map(environmentNameOf)).size).toBe(alike.length);
  });

  it.each(['', '  '])('is refused for a branch called %j', (name) => {
    expect(() => environmentNameOf(name)).toThrow('detached head');
  });
});

describe('the branch that a CI system builds', () => {
  it.each([
    [{ GITHUB_REF_NAME: 'main' }, 'main'],
    [{ GITHUB_HEAD_REF: 'feature/x', GITHUB_REF_NAME: '12/merge' }, 'feature/x'],
    [{ GITHUB_HEAD_REF: '', GITHUB_REF_NAME: 'main' }, 'main'],
    [{ CI_COMMIT_REF_NAME: 'fix' }, 'fix'],
    [{ CODEBUILD_WEBHOOK_HEAD_REF: 'refs/heads/feature/y' }, 'feature/y'],
    [{ BUILD_SOURCEBRANCH: 'refs/heads/z' }, 'z'],
    [{}, undefined],
  ])('%j is %s', (environment, expected) => {
    expect(branchIn(environment)).toBe(expected);
  });
});
