import { equal } from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import type { Fact } from './fact.ts';
import { isAgainst, judge } from './judge.ts';
import { linesOf, sumOf } from './print.ts';

const recorded: Fact = { sentence: 'One is one.', source: { recorded: 'a test' }, check: async () => equal(1, 1) };
const wrong = async () => equal(1, 2);
const judged = (fact: Partial<Fact>) => {
  const whole = { ...recorded, ...fact };
  return judge(whole, 'emulator', () => whole.check({} as never));
};

describe('a fact', () => {
  it('that holds is ok', async () => {
    expect(await judged({})).toMatchObject({ kind: 'ok' });
  });

  it('that does not hold differs, and stands against the side only where it was recorded', async () => {
    const verdict = await judged({ check: wrong });
    expect(verdict).toMatchObject({ kind: 'differs', detail: expect.stringContaining('1 !== 2') });
    expect(isAgainst(verdict)).toBe(true);
    expect(isAgainst(await judged({ check: wrong, source: { said: 'somebody' } }))).toBe(false);
  });

  it('that is known not to hold here differs as written down', async () => {
    const verdict = await judged({ check: wrong, differs: { emulator: 'one is two' } });
    expect(verdict).toMatchObject({ kind: 'known', detail: 'one is two' });
    expect(isAgainst(verdict)).toBe(false);
  });

  it('that is known not to hold here still differs where the check fails of something else', async () => {
    const broken = () => Promise.reject(new TypeError('x is undefined'));
    expect(await judged({ check: broken, differs: { emulator: 'one is two' } })).toMatchObject({ kind: 'differs' });
  });

  it('whose known difference is gone is told', async () => {
    const verdict = await judged({ differs: { emulator: 'one is two' } });
    expect(verdict).toMatchObject({ kind: 'mended' });
    expect(linesOf(verdict).join(' ')).toContain('take that out of the table');
  });

  it('that nobody has recorded tells what was found', async () => {
    const verdict = await judged({ source: { unknown: 'nothing hangs on it' }, check: async () => 'two' });
    expect(verdict).toMatchObject({ kind: 'unknown', detail: 'two' });
  });

  it('that cannot be checked here says why, and is not checked', async () => {
    const verdict = await judged({ check: wrong, unchecked: { emulator: 'there are no numbers' } });
    expect(verdict).toMatchObject({ kind: 'unchecked', detail: 'there are no numbers' });
  });
});

it('is printed at 80 columns, and counted', async () => {
  const verdict = await judged({ sentence: 'One is one, and '.repeat(20), check: wrong });
  expect(Math.max(...linesOf(verdict).map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(sumOf([verdict, await judged({})])).toBe('1 ok, 1 differ');
});
