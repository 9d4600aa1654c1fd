import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fromTemplate } from '../../../lib/rollout/contracts/template-values.ts';
import { policySchema } from '../../../lib/rollout/policy/policy.ts';

/** A value as CloudFormation hands it to a custom resource: every number and boolean is a text. */
const asText = (value: unknown): unknown => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, asText(inside)]));
};

const policies = [
  { canary: { weight: 10, bakeSeconds: 300 }, batches: { count: 3 }, settleSeconds: 0 },
  {
    steps: [
      { weight: 10, bakeSeconds: 60 },
      { weight: 50, bakeSeconds: 60, approval: 'manual' },
    ],
  },
  { preset: 'AllAtOnce', alarms: ['12'], hooks: { eachStep: ['34'] } },
  {
    adaptive: { failureBudget: 1.5 },
    evidence: { falseRollbackRate: 0.0001, latency: { slowerThanMilliseconds: 800 } },
  },
  {
    preset: 'AllAtOnce',
    evidence: {
      latency: 'stableP99',
      signals: [{ name: '5', namespace: '1', failures: '2', versionDimension: '3', dimensions: { tenant: '4' } }],
    },
  },
];

describe('a policy whose numbers CloudFormation has made texts', () => {
  it.each(policies)('is the policy that was written: %j', (policy) => {
    expect(fromTemplate(policySchema, asText(policy))).toEqual(policy);
  });

  it('is refused as it would be elsewhere', () => {
    const refused = { canary: { weight: '60', bakeSeconds: 'soon' } };
    expect(fromTemplate(policySchema, refused)).toEqual({ canary: { weight: 60, bakeSeconds: 'soon' } });
  });

  it.each(['', ' 5', '5 ', '0x10', '1e', 'Infinity', 'NaN', '٣'])('keeps the text %j, which is no number', (weight) => {
    expect(fromTemplate(policySchema, { canary: { weight } })).toEqual({ canary: { weight } });
  });

  it.each(['1.0E-4', '1e-4', '0.0001'])('reads the number %s', (falseRollbackRate) => {
    const policy = { preset: 'AllAtOnce', evidence: { falseRollbackRate } };
    expect(fromTemplate(policySchema, policy)).toMatchObject({ evidence: { falseRollbackRate: 0.0001 } });
  });

  it('is read for any numbers and booleans of any schema, and nothing else is changed', () => {
    const schema = z.strictObject({
      number: z.number().optional(),
      flag: z.boolean().optional(),
      text: z.string().optional(),
      list: z.array(z.union([z.number(), z.strictObject({ deep: z.boolean() })])).optional(),
    });
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0));
    const value = fc.record(
      {
        number,
        flag: fc.boolean(),
        text: fc.string(),
        list: fc.array(fc.oneof(number, fc.record({ deep: fc.boolean() }, { noNullPrototype: true }))),
      },
      { requiredKeys: [], noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (given) => {
        expect(fromTemplate(schema, asText(given))).toEqual(given);
      }),
    );
  });

  it('stays what it is, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const read = fromTemplate(policySchema, given);
        if (policySchema.safeParse(given).success) expect(read).toEqual(given);
      }),
    );
  });
});
