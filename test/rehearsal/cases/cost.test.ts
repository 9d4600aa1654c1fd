import { describe, expect, it } from 'vitest';
import { endOf, eventsOf, rehearsing } from '../a-scenario.ts';

const only = (version: string) => ({ functionVersion: version, additionalVersionWeights: {} });
const evidence = (more: object) => ({
  alarms: [],
  policy: {
    canary: { weight: 10, bakeSeconds: 600 },
    batches: { count: 2, intervalSeconds: 300 },
    settleSeconds: 300,
    evidence: more,
  },
});
const stable = { p99Milliseconds: 100, memoryMegabytes: 1024 };
/** Half as slow again: a million requests cost $2.70 instead of $1.87. */
const slower = { p99Milliseconds: 150, memoryMegabytes: 1024 };

describe('a version whose requests cost more', () => {
  it('is promoted if the policy says nothing of cost, and the verdict tells what they cost', async () => {
    const { result } = await rehearsing({ ...evidence({}), stable, candidate: slower });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
    expect(result.reason).toContain('a million requests cost $2.70 on 42 and $1.87 on 41: 45 % more');
    const { stable: before, candidate, increase } = result.versionCosts ?? {};
    expect(before).toMatchObject({ milliseconds: 100 });
    expect(candidate).toMatchObject({ milliseconds: 150 });
    expect(increase).toBeCloseTo(0.446, 2);
  });

  it('is taken back before it has half of the traffic if the policy allows less', async () => {
    const rehearsal = await rehearsing({
      ...evidence({ maximumCostIncrease: 0.2 }),
      stable,
      candidate: slower,
    });
    expect(endOf(rehearsal.result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(rehearsal.result.reason).toMatch(
      /^a million requests cost \$2\.70 on 42 and \$1\.87 on 41: 45 % more, and the policy allows 20 % more; at most 1 %/,
    );
    expect(eventsOf(rehearsal)).toEqual(['shifted 10', 'reverted']);
  });

  it('is promoted if the policy allows as much', async () => {
    const { result } = await rehearsing({ ...evidence({ maximumCostIncrease: 0.5 }), stable, candidate: slower });
    expect(endOf(result)).toEqual({ outcome: 'promoted', alias: only('42') });
  });

  it('may be one with more memory and equally fast requests', async () => {
    const { result } = await rehearsing({
      ...evidence({ maximumCostIncrease: 0.5 }),
      stable,
      candidate: { ...stable, memoryMegabytes: 2048 },
    });
    expect(endOf(result)).toEqual({ outcome: 'rolledBack', alias: only('41') });
    expect(result.reason).toContain('$3.53 on 42 and $1.87 on 41: 89 % more');
  });
});
