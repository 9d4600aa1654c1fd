import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Lazy } from 'aws-cdk-lib';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type PolicyJson, toPolicyInput } from '../../lib/constructs/policy-json.ts';
import { RolloutPolicy } from '../../lib/index.ts';
import { planOf } from '../../lib/rollout/policy/plan.ts';
import { type PolicyInput, policySchema } from '../../lib/rollout/policy/policy.ts';
import { presetNames } from '../../lib/rollout/policy/presets.ts';

type IsTime<T> = Exclude<T, undefined> extends Duration ? true : false;

/** A type of the CDK as JSON has it: a Duration at `bake` is a number at `bakeSeconds`. */
type InJson<T> = T extends readonly (infer Each)[]
  ? InJson<Each>[]
  : T extends object
    ? {
        [Key in keyof T as IsTime<T[Key]> extends true ? `${Key & string}Seconds` : Key]: IsTime<T[Key]> extends true
          ? number | Extract<T[Key], undefined>
          : InJson<T[Key]>;
      }
    : T;

/** Types that are written in different ways are equal only after this. */
type Plain<T> = T extends object ? { -readonly [Key in keyof T]: Plain<T[Key]> } : T;

/** The contract without the names of alarms and hooks, which are constructs in the CDK. */
type Built = Omit<PolicyInput, 'alarms' | 'hooks'>;

/** Fifty batches of these, with two approvals each, are still shorter than an execution may live. */
const seconds = fc.integer({ min: 0, max: 2 * 24 * 3600 });
const approval = fc.constantFrom('automatic' as const, 'manual' as const);
const some = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }, required: (keyof T)[] = []) =>
  fc.record(fields, { requiredKeys: required as never }) as fc.Arbitrary<Partial<T>>;

const moves = fc.oneof(
  some(
    {
      canary: some({ weight: fc.integer({ min: 1, max: 50 }), bakeSeconds: seconds, approval }, ['weight']),
      batches: some({ count: fc.integer({ min: 1, max: 50 }), intervalSeconds: seconds, approval }, ['count']),
    },
    ['canary'],
  ),
  fc
    .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 })
    .chain((weights) =>
      fc
        .tuple(
          ...weights
            .toSorted((a, b) => a - b)
            .map((weight) =>
              some({ weight: fc.constant(weight), bakeSeconds: seconds, approval }, ['weight', 'bakeSeconds']),
            ),
        )
        .map((steps) => ({ steps })),
    ),
  fc.constantFrom(...presetNames).map((preset) => ({ preset })),
  some({ failureBudget: fc.integer({ min: 1, max: 1000 }) }).map((adaptive) => ({ adaptive })),
);
const rest = some({
  settleSeconds: seconds,
  approvalTimeoutSeconds: fc.integer({ min: 1, max: 2 * 24 * 3600 }),
  onApprovalTimeout: fc.constantFrom('revert', 'hold'),
  alarmsAlreadyFiring: fc.constantFrom('block', 'ignore'),
  onConflict: fc.constantFrom('supersede', 'reject', 'waitForSettle'),
  evidence: some({
    falseRollbackRate: fc.double({ min: 0.0001, max: 0.2, noNaN: true }),
    graceSeconds: seconds,
    minimumInvocations: fc.integer({ min: 1, max: 1000 }),
    maximumBakeSeconds: fc.integer({ min: 1, max: 2 * 24 * 3600 }),
    onNoEvidence: fc.constantFrom('revert', 'hold', 'proceed'),
    counts: fc.constant('metrics'),
    latency: fc.constantFrom('stableP99', { slowerThanMilliseconds: 800 }),
    signals: fc.constant([
      // A dimension may bear the name of a time of the policy.
      {
        name: 'x',
        namespace: 'n',
        failures: 'f',
        versionDimension: 'v',
        dimensions: { bake: 'a', settleSeconds: 'b' },
      },
    ]),
  }),
});
const contract = fc.tuple(moves, rest).map(([how, more]) => ({ ...how, ...more }) as PolicyJson);

describe('a policy of the CDK', () => {
  it('offers every field of the contract that is built, and no other', () => {
    expectTypeOf<Plain<InJson<RolloutPolicy>>>().toEqualTypeOf<Plain<Built>>();
  });

  it('is the same policy in JSON and back, whatever it asks for', () => {
    fc.assert(
      fc.property(contract, (json) => {
        const policy = RolloutPolicy.fromJson(json);
        expect(toPolicyInput(policy)).toEqual(json);
        expect(planOf(policySchema.parse(toPolicyInput(policy)))).toEqual(planOf(policySchema.parse(json)));
      }),
    );
  });

  it('says times as Durations, of whatever unit', () => {
    const policy: RolloutPolicy = {
      canary: { weight: 10, bake: Duration.minutes(5) },
      batches: { count: 3, interval: Duration.seconds(90) },
      settle: Duration.hours(1),
      approvalTimeout: Duration.days(1),
      evidence: { maximumBake: Duration.minutes(90) },
    };
    expect(toPolicyInput(policy)).toEqual({
      canary: { weight: 10, bakeSeconds: 300 },
      batches: { count: 3, intervalSeconds: 90 },
      settleSeconds: 3600,
      approvalTimeoutSeconds: 86400,
      evidence: { maximumBakeSeconds: 5400 },
    });
  });

  it('may be said by what it is', () => {
    const bake = Duration.minutes(5);
    expect(toPolicyInput(RolloutPolicy.canary({ weight: 10, bake }))).toEqual({
      canary: { weight: 10, bakeSeconds: 300 },
    });
    expect(toPolicyInput({ ...RolloutPolicy.batches({ count: 4 }), settle: bake })).toEqual({
      batches: { count: 4 },
      settleSeconds: 300,
    });
    expect(toPolicyInput(RolloutPolicy.steps({ weight: 1, bake }, { weight: 25, bake, approval: 'manual' }))).toEqual({
      steps: [
        { weight: 1, bakeSeconds: 300 },
        { weight: 25, bakeSeconds: 300, approval: 'manual' },
      ],
    });
    expect(toPolicyInput(RolloutPolicy.preset('AllAtOnce'))).toEqual({ preset: 'AllAtOnce' });
    expect(toPolicyInput(RolloutPolicy.adaptive())).toEqual({ adaptive: {} });
    expect(toPolicyInput(RolloutPolicy.adaptive({ failureBudget: 10 }))).toEqual({ adaptive: { failureBudget: 10 } });
  });

  it('is refused for a time that is known only at the deploy', () => {
    const bake = Duration.seconds(Lazy.number({ produce: () => 1 }));
    expect(() => toPolicyInput({ canary: { weight: 10, bake } })).toThrow(
      'canary.bake: expected a Duration that is known at synth, found a token',
    );
  });

  it('tells each field that is refused once, and all of them together', () => {
    const refused = { canary: { weight: 60, bake: 300 }, steps: [{ weight: 10, bake: '5 minutes' }], more: 1 };
    expect(() => toPolicyInput(refused as never)).toThrow(
      expect.objectContaining({
        message: [
          'the policy is refused',
          '  canary.bake: expected a Duration, for example Duration.minutes(5), found 300',
          '  steps[0].bake: expected a Duration, for example Duration.minutes(5), found "5 minutes"',
          '  canary.weight: expected at most 50: a canary is never more than half of the traffic, found 60',
          '  more: only keys of the contract: check its spelling and its place, found a key that is not known here',
        ].join('\n'),
      }),
    );
  });
});

describe('a policy in a file', () => {
  const inFile = (text: string, use: (path: string) => void) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-policy-'));
    const path = join(folder, 'policy.json');
    try {
      writeFileSync(path, text);
      use(path);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('is read as the command line reads it', () => {
    inFile('{"canary":{"weight":10,"bakeSeconds":300},"settleSeconds":600}', (path) => {
      const { canary, settle } = RolloutPolicy.fromFile(path);
      expect([canary?.bake?.toMinutes(), settle?.toMinutes()]).toEqual([5, 10]);
    });
  });

  it('is refused with its path, what was found and what was expected', () => {
    inFile('{"canary":{"weight":60},"settleSeconds":-1}', (path) => {
      expect(() => RolloutPolicy.fromFile(path)).toThrow(
        expect.objectContaining({
          message: `${path} is refused\n  canary.weight: expected at most 50: a canary is never more than half of the traffic, found 60\n  settleSeconds: expected at least 0, found -1`,
        }),
      );
    });
  });

  it.each(['alarms', 'hooks'])('is refused if it names %s, which are constructs', (key) => {
    inFile(JSON.stringify({ preset: 'AllAtOnce', [key]: key === 'alarms' ? ['errors'] : {} }), (path) => {
      expect(() => RolloutPolicy.fromFile(path)).toThrow(
        `${key}: expected as a prop of the RolloutAlias: ${key} are constructs here`,
      );
    });
  });

  it('is refused if it is not there, or not JSON', () => {
    expect(() => RolloutPolicy.fromFile('/nowhere/policy.json')).toThrow(
      '/nowhere/policy.json: expected a policy file, but it cannot be read',
    );
    inFile('{', (path) => expect(() => RolloutPolicy.fromFile(path)).toThrow(`${path}: expected JSON, but`));
  });
});
