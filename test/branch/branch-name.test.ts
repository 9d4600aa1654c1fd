import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentNameOf, formerEnvironmentNameOf } from '../../lib/branch/branch-name.ts';

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
        expect(environmentNameOf(name)).toMatch(/^[a-z]([a-z0-9]|-(?!-))*-[0-9a-f]{12}$/);
        expect(environmentNameOf(name).length).toBeLessThanOrEqual(29);
      }),
      { numRuns: 2000 },
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
    ['feature/login', 'feature-login-df7c7aeb3560'],
    ['Feature/Login', 'feature-login-'],
    ['feature--login', 'feature-login-'],
    ['Ünïcödé', 'u-ni-co-de-'],
    ['日本語', 'b-'],
    ['123-fix', 'fix-'],
    ['dependabot/npm_and_yarn/some-long-package-1.2.3', 'dependabot-npm-a-'],
  ])('says of %s what it was', (name, beginning) => {
    expect(environmentNameOf(name).startsWith(beginning)).toBe(true);
  });

  it.each([
    ['fix/cognito-login', /^fix-login-/],
    ['aws-sdk-upgrade', /^sdk-upgrade-/],
    ['amazon-pay', /^pay-/],
    ['ssm-params', /^params-/],
    ['1ssm/params', /^params-/],
    ['sthree-x', /^x-/],
    ['amzn-s3-demo', /^s3-demo-/],
    ['ＡＷＳ', /^b-/],
    ['claws', /^b-/],
    ['classmate', /^classmate-/],
  ])('has no word of %s that AWS reserves', (name, expected) => {
    expect(environmentNameOf(name)).toMatch(expected);
  });

  it('never has a reserved word, wherever a branch has one', () => {
    const word = fc.constantFrom(
      'aws',
      'amazon',
      'cognito',
      'amzn',
      'ssm',
      'sthree',
      '/',
      '-',
      '1',
      'x',
      'co',
      'gnito',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(environmentNameOf(words.join(''))).not.toMatch(/aws|amazon|amzn|cognito|^ssm|^sthree|^xn--/);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells branches apart that look alike after cleaning', () => {
    const alike = ['feature/login', 'Feature/Login', 'feature-login', 'feature_login', 'feature/login/'];
    expect(new Set(alike.map(environmentNameOf)).size).toBe(alike.length);
  });

  it('tells two branches apart that shared a name in the release before', () => {
    const alike = ['fix@./+_login', 'fix%+!%%login'];
    expect(new Set(alike.map(formerEnvironmentNameOf)).size).toBe(1);
    expect(new Set(alike.map(environmentNameOf)).size).toBe(2);
  });

  it('is still known as the release before made it', () => {
    expect(formerEnvironmentNameOf('fix/cognito-login')).toBe('fix-cognito-login-574312bd');
  });

  it.each(['', '  '])('is refused for a branch called %j', (name) => {
    expect(() => environmentNameOf(name)).toThrow('detached head');
  });
});
