import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { controllerTemplate } from '../../lib/build/standalone.ts';
import { StandaloneStack } from '../../lib/constructs/standalone-stack.ts';
import { RolloutController } from '../../lib/index.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { aStack, statementsOf } from './a-stack.ts';

const packs = { AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks, ServerlessChecks };
const stack = () => new StandaloneStack(new App(), 'sluice');

describe('the template of a standalone controller', () => {
  it('is shipped as it is synthesized', () => {
    expect(JSON.parse(readFileSync(new URL('dist/controller.template.json', packageRoot()), 'utf8'))).toEqual(
      controllerTemplate(),
    );
  });

  it('is short enough to be handed to CloudFormation without a bucket', () => {
    // AWS: CloudFormation quotas, "template body size in a request".
    expect(Buffer.byteLength(JSON.stringify(controllerTemplate()))).toBeLessThan(51_200);
  });

  it('takes the code of each function from a bucket and a prefix, under the name of the function', () => {
    const functions = Object.values(Template.fromStack(stack()).findResources('AWS::Lambda::Function'));
    const keys = functions.map(({ Properties }) => Properties['Code']);
    expect(keys).toHaveLength(8);
    for (const { S3Bucket, S3Key } of keys) {
      expect(S3Bucket).toEqual({ Ref: 'FunctionsBucket' });
      expect(S3Key).toEqual({
        'Fn::Join': ['', [{ Ref: 'FunctionsPrefix' }, expect.stringMatching(/^[a-z-]+\.zip$/)]],
      });
    }
    expect(new Set(keys.map(({ S3Key }) => S3Key['Fn::Join'][1][1])).size).toBe(8);
  });

  it('tells the service token and the state machine by exports and parameters with its own name', () => {
    const template = Template.fromStack(stack());
    const named = (end: string) => ({ 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, end]] });
    const outputs = Object.values(template.findOutputs('*')).map(({ Export }) => Export.Name);
    expect(outputs).toEqual([named(':service-token'), named(':state-machine')]);
    const names = Object.values(template.findResources('AWS::SSM::Parameter')).map(
      ({ Properties }) => Properties['Name'],
    );
    expect(names).toEqual(
      ['service-token', 'state-machine'].map((end) => ({
        'Fn::Join': ['', ['/sluice-controllers/', { Ref: 'AWS::StackName' }, `/${end}`]],
      })),
    );
  });

  it('narrows every statement on all functions by a tag whose value is its own name', () => {
    const wide = statementsOf(stack(), '').filter(({ resources }) =>
      resources.some((each) => /function:\*$/.test(each)),
    );
    expect(wide.length).toBeGreaterThan(6);
    for (const { conditions } of wide) {
      const { StringEquals } = conditions as { StringEquals: Record<string, unknown> };
      expect(Object.keys(StringEquals)).toEqual([expect.stringMatching(/^aws:ResourceTag\/sluice:(managed|hook)$/)]);
      expect(Object.values(StringEquals)).toEqual([{ Ref: 'AWS::StackName' }]);
    }
  });

  it('reads the stacks of a parameter alone, and writes no parameter but registrations', () => {
    const statements = statementsOf(stack(), '');
    const of = (action: string) =>
      new Set(statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources));
    const here = '<AWS::Region>:<AWS::AccountId>';
    expect([...of('cloudformation:DescribeStacks')]).toEqual([`arn:aws:cloudformation:${here}:stack/<Stacks>/*`]);
    expect([...of('ssm:PutParameter')]).toEqual(
      ['sluice', 'sluice-groups'].map((path) => `arn:aws:ssm:${here}:parameter/${path}/*`),
    );
  });

  it('gives the function behind resources no right that the other functions of the controller need', () => {
    const actions = statementsOf(stack(), 'TemplatesRole').flatMap((each) => each.actions);
    expect(actions.filter((action) => !/^(logs|xray):/.test(action)).sort()).toEqual([
      'cloudformation:DescribeStacks',
      'lambda:CreateAlias',
      'lambda:DeleteAlias',
      'lambda:DeleteProvisionedConcurrencyConfig',
      'lambda:GetAlias',
      'lambda:GetFunction',
      'lambda:ListTags',
      'lambda:UpdateAlias',
      'ssm:DeleteParameter',
      'ssm:PutParameter',
      'states:StartExecution',
    ]);
  });

  it.each(Object.entries(packs))('passes %s: what is left is acknowledged with its reason', (_, Pack) => {
    const app = new App();
    new StandaloneStack(app, 'sluice');
    const violations = new Pack(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
    expect(violations).toEqual([]);
  });
});

describe('the name of a controller in tags', () => {
  it('may be given, for functions that are deployed by other means', () => {
    expect(new RolloutController(aStack(), 'Rollouts', { tagValue: 'shared' }).managedTag.value).toBe('shared');
  });

  it.each(['', ' shared', 'a*', 'x'.repeat(257)])('is refused if AWS would refuse it: %j', (tagValue) => {
    expect(() => new RolloutController(aStack(), 'Rollouts', { tagValue })).toThrow(
      'checkout/Rollouts: tagValue: expected 1 to 256 letters',
    );
  });
});
