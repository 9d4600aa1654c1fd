import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applied, mutantsOf } from '../mutants.ts';
import { TypeChecker } from './types.ts';

const root = fileURLToPath(new URL('../fixture', import.meta.url));
const source = readFileSync(`${root}/lib/share.ts`, 'utf8');

/** Whether the type checker refuses the mutant of the fixture that has this name. */
async function isRefused(checker: TypeChecker, name: string): Promise<boolean> {
  const mutant = mutantsOf('lib/share.ts', source).mutants.find((each) => each.name === name);
  return await checker.refuses('lib/share.ts', applied(source, mutant ?? expect.fail(`no mutant ${name}`)));
}

describe('the type checker', () => {
  it('refuses a result that the function does not declare, and no other value of the same type', async () => {
    using checker = new TypeChecker(root);
    expect(await isRefused(checker, 'share: part / whole -> undefined')).toBe(true);
    expect(await isRefused(checker, 'share: part / whole -> part * whole')).toBe(false);
  });

  it('does not mind a name that nothing uses any more', async () => {
    using checker = new TypeChecker(root);
    expect(await checker.refuses('lib/share.ts', `${source}const unused = 1;\nfunction idle(given: number) {}\n`)).toBe(
      false,
    );
  });
});
