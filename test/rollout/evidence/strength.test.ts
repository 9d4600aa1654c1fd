import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsIn, streamIn } from '../../../lib/rollout/decisions/rules/findings.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';
import { ERRORS, FOUND, SUSPECTED, strengthsOf } from '../../../lib/rollout/evidence/strength.ts';
import { newTrial, tried } from '../../../lib/rollout/evidence/trial.ts';
import { atStep } from '../a-rollout.ts';

const counts = (errors: number, invocations: number) => ({ errors, invocations });

const signal = { name: 'http-5xx', namespace: 'Checkout', failures: 'Failures', versionDimension: 'version' };

/** A rollout that has seen minutes of 900 requests to the stable version, 9 failed, and 100 to the candidate. */
function seen(errors: readonly number[], failures: readonly number[] = [], comparable = true): Rollout {
  const rollout = atStep(0, { evidence: { signals: [signal] } });
  const minutes = errors.map((failed, index) => ({
    stable: counts(9, 900),
    candidate: counts(failed, 100),
    seconds: 60 * index,
    comparable,
    streams: { 'http-5xx': { stable: counts(9, 900), candidate: counts(failures[index] ?? 1, 100) } },
  }));
  return {
    ...rollout,
    trial: { ...rollout.trial, now: minutes.reduce((trial, minute) => tried(trial, minute), newTrial) },
  };
}

const strengthIn = (rollout: Rollout, name: string) =>
  strengthsOf(rollout).find((each) => each.name === name)?.strength;

describe('the strength of the evidence', () => {
  it('is told of errors and of each stream that is compared', () => {
    expect(strengthsOf(seen([1])).map(({ name }) => name)).toEqual([ERRORS, 'throttles', 'http-5xx']);
  });

  it('is nothing before any request was seen, and for a candidate that fails as the stable version does', () => {
    expect(strengthIn(seen([]), ERRORS)).toBe(0);
    expect(strengthIn(seen([1, 1, 1]), ERRORS)).toBeLessThan(SUSPECTED / 2);
  });

  it('is not told of a policy that asks for no evidence', () => {
    expect(strengthsOf(atStep(0))).toEqual([]);
  });

  it('grows with the failures of the candidate until it is found to be bad, and no further', () => {
    const course = [2, 4, 8, 20].map((failed) => strengthIn(seen([failed, failed]), ERRORS) ?? 0);
    expect(course).toEqual(course.toSorted((a, b) => a - b));
    expect(course.at(-1)).toBe(FOUND);
  });

  it('of a group is that of the member that looks worst', () => {
    const [well, bad] = [seen([1]), seen([20, 20])];
    const group = { ...well, others: [{ ...bad, functionName: 'prices', earlier: null, last: null }] } as Rollout;
    expect(strengthIn(group, ERRORS)).toBe(FOUND);
  });

  it('of gross failure is told while versions may not be compared yet', () => {
    expect(strengthIn(seen([49], [], false), ERRORS)).toBe(FOUND);
    // It has a part of its own of the false-rollback rate, and so a mark of its own.
    expect(strengthIn(seen([48], [], false), ERRORS)).toBeLessThan(FOUND);
    expect(strengthIn(seen([48], [], false), ERRORS)).toBeGreaterThan(SUSPECTED);
    expect(strengthIn(seen([20, 20], [], false), ERRORS)).toBeLessThan(SUSPECTED);
  });

  it('reaches its marks exactly when a rollout is decided by them', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 45 }), { maxLength: 8 });
    fc.assert(
      fc.property(minutes, minutes, fc.boolean(), (errors, failures, comparable) => {
        const rollout = seen(errors, failures, comparable);
        const [ofErrors, ofSignal] = [strengthIn(rollout, ERRORS) ?? 0, strengthIn(rollout, 'http-5xx') ?? 0];
        const finding = errorsIn(rollout);
        expect(ofErrors >= FOUND).toBe(finding === 'failsMore' || finding === 'failsGrossly');
        expect(ofErrors >= SUSPECTED).toBe(finding !== 'nothing');
        const found = streamIn(rollout)?.is;
        expect(ofSignal >= FOUND).toBe(found === 'worse');
        expect(ofSignal >= SUSPECTED).toBe(found !== undefined);
      }),
    );
  });
});
