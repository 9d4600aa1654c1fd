import { describe, expect, it } from 'vitest';
import { aliasPropertiesSchema, policyIn } from '../../../lib/rollout/contracts/custom-resource.ts';

const properties = {
  FunctionName: 'checkout',
  AliasName: 'live',
  Version: '41',
  Existing: 'fail',
  Policy: '{"canary":{"weight":10}}',
  StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice',
  Stack: 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/1',
};
const isRead = (changes: object) => aliasPropertiesSchema.safeParse({ ...properties, ...changes }).success;

describe('the properties of an alias in a template', () => {
  it('are read without provisioned concurrency, and with one that CloudFormation made a text of', () => {
    expect(aliasPropertiesSchema.parse(properties)).toEqual(properties);
    expect(aliasPropertiesSchema.parse({ ...properties, ProvisionedConcurrency: '12' })).toMatchObject({
      ProvisionedConcurrency: 12,
    });
  });

  it.each(['FunctionName', 'AliasName', 'StateMachineArn', 'Stack'])('are refused with an empty %s', (name) => {
    expect(isRead({ [name]: '' })).toBe(false);
  });

  it.each(['$LATEST', '0', '041', 'live', '41x', 'x41'])('are refused with a version that is none: %s', (Version) => {
    expect(isRead({ Version })).toBe(false);
  });

  it.each(['0', '-1', '1.5', '012', 'five'])('are refused with a concurrency of %s', (ProvisionedConcurrency) => {
    expect(isRead({ ProvisionedConcurrency })).toBe(false);
  });

  it('are refused with another word for what is done about an alias that exists', () => {
    expect([isRead({ Existing: 'adopt' }), isRead({ Existing: 'replace' })]).toEqual([true, false]);
  });
});

describe('the policy of a template', () => {
  const of = (more: object) => policyIn(aliasPropertiesSchema.parse({ ...properties, ...more }));

  it('is its text', () => {
    expect(of({})).toEqual({ canary: { weight: 10 } });
  });

  it.each([
    ['Alarms', { alarms: ['x'] }],
    ['BeforeTraffic', { hooks: { beforeTraffic: ['x'] } }],
    ['EachStep', { hooks: { eachStep: ['x'] } }],
    ['AfterTraffic', { hooks: { afterTraffic: ['x'] } }],
  ])('takes in %s, which a release up to 0.1.0 wrote beside it', (name, expected) => {
    expect(of({ [name]: ['x'] })).toEqual({ canary: { weight: 10 }, ...expected });
  });

  it('may be an object, and takes in the alarms and hooks beside it behind its own', () => {
    const Policy = { preset: 'AllAtOnce', alarms: ['a'], hooks: { eachStep: ['h'] } };
    expect(of({ Policy, Alarms: ['b'], Hooks: { EachStep: ['i'], AfterTraffic: ['j'] } })).toEqual({
      preset: 'AllAtOnce',
      alarms: ['a', 'b'],
      hooks: { eachStep: ['h', 'i'], afterTraffic: ['j'] },
    });
  });

  it('lets the weights follow the evidence if it is left out, as for a RolloutAlias', () => {
    expect(of({ Policy: undefined, Alarms: ['b'] })).toEqual({ adaptive: {}, alarms: ['b'] });
  });

  it.each(['[]', '3', 'null', '"text"'])('is left to its schema if it is no object: %s', (Policy) => {
    expect(of({ Policy, Alarms: ['b'] })).toEqual(JSON.parse(Policy));
  });

  it('keeps alarms that are no list, so that its schema refuses them', () => {
    expect(of({ Policy: { preset: 'AllAtOnce', alarms: 'a' }, Alarms: ['b'] })).toMatchObject({ alarms: 'a' });
  });
});
