import { describe, expect, it } from 'vitest';
import { dollars } from '../../../lib/rollout/document/cost.ts';

const nothing = { stateTransitions: 0, lambdaInvocations: 0, awsCalls: {} };

describe('the cost of a rollout', () => {
  it('is nothing if it used nothing, and if it used what is free', () => {
    expect(dollars(nothing)).toBe(0);
    expect(dollars({ ...nothing, awsCalls: { 'lambda:GetAlias': 1_000_000, 'ssm:GetParameter': 1_000_000 } })).toBe(0);
  });

  it.each([
    ['a million state transitions', 25, { stateTransitions: 1_000_000 }],
    // 0.20 for the requests; 50,000 GB-seconds at 0.0000133334.
    ['a million invocations of 200 ms at 256 MB on ARM', 0.86667, { lambdaInvocations: 1_000_000 }],
    ['1,000 questions for four metrics each', 0.04, { awsCalls: { 'cloudwatch:GetMetricData': 1000 } }],
    ['1,000 questions for alarms', 0.01, { awsCalls: { 'cloudwatch:DescribeAlarms': 1000 } }],
    ['a terabyte that queries of logs have scanned', 5, { bytesScanned: 1e12 }],
    ['a million events', 1, { awsCalls: { 'events:PutEvents': 1_000_000 } }],
  ])('is by the price pages of AWS for %s: %d dollars', (_, expected, used) => {
    expect(dollars({ ...nothing, ...used })).toBeCloseTo(expected, 5);
  });

  it('is the sum of its parts, in whole millionths of a dollar', () => {
    expect(dollars({ stateTransitions: 41, lambdaInvocations: 20, awsCalls: { 'cloudwatch:GetMetricData': 11 } })).toBe(
      0.001482,
    );
  });
});
