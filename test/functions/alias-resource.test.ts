import { describe, expect, it } from 'vitest';
import { create } from '../../functions/alias-resource.ts';
import { DeployRefused } from '../../lib/aws/stack/deploy-refused.ts';
import type { AwsFault } from '../../lib/rehearsal/scenario/aws-fault.ts';
import { allTrafficTo, split } from '../../lib/rollout/alias/alias.ts';
import type { AliasProperties, FormerAliasProperties } from '../../lib/rollout/contracts/custom-resource.ts';
import { aDeploy, properties, writesOf } from './a-deploy.ts';
import { alone } from './alone.ts';
import { anAws } from './an-aws.ts';

describe('creating the resource', () => {
  it('makes the alias at the first version, and starts nothing', async () => {
    const { lambda, aws, request } = aDeploy();
    expect(await request('Create')).toMatchObject({ status: 'SUCCESS', attributes: { AliasName: 'live' } });
    expect(lambda.alias).toMatchObject({
      ...alone('41'),
      description: expect.stringMatching(/^\[sluice:[0-9a-f]{12}\]$/),
    });
    expect(aws.started).toEqual([]);
  });

  it('may be repeated', async () => {
    const { request, aws } = aDeploy();
    await request('Create');
    expect(await request('Create')).toMatchObject({ status: 'SUCCESS' });
    expect(writesOf(aws)).toEqual(['lambda:CreateAlias']);
  });

  it('refuses to take over an alias that exists, and says what to do', async () => {
    const { lambda, request } = aDeploy();
    lambda.createAlias({ FunctionName: 'checkout', Name: 'live', FunctionVersion: '41' }, 'a person');
    expect(await request('Create', { Version: '42' })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining("set existing: 'adopt'"),
    });
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: '' });
  });

  it('adopts an alias as it is where asked to, and starts the rollout to the new version', async () => {
    const { lambda, aws, request } = aDeploy();
    lambda.createAlias(
      { FunctionName: 'checkout', Name: 'live', FunctionVersion: '41', Description: 'ours' },
      'a person',
    );
    expect(await request('Create', { Version: '42', Existing: 'adopt' })).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: expect.stringMatching(/^ours \[sluice:/) });
    expect(aws.started).toMatchObject([{ input: { version: '42', alias: 'live' } }]);
  });

  it('refuses an alias that somebody else makes between its look and its write', async () => {
    const { lambda, request } = aDeploy();
    const create = lambda.createAlias.bind(lambda);
    lambda.createAlias = (input, caller) => {
      create({ FunctionName: 'checkout', Name: 'live', FunctionVersion: '42', Description: 'theirs' }, 'a person');
      return create(input, caller);
    };
    expect(await request('Create')).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('made by somebody else meanwhile'),
    });
    expect(lambda.alias).toMatchObject({ ...alone('42'), description: 'theirs' });
  });

  it('does not adopt an alias that belongs to another stack', async () => {
    const { lambda, request } = aDeploy();
    lambda.createAlias(
      { FunctionName: 'checkout', Name: 'live', FunctionVersion: '41', Description: '[sluice:0123456789ab]' },
      'x',
    );
    expect(await request('Create', { Existing: 'adopt' })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('belongs to another stack'),
    });
  });

  it('refuses a version that does not exist', async () => {
    const { request } = aDeploy();
    expect(await request('Create', { Version: '99' })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('99'),
    });
  });
});

describe('creating the resource at a version that cannot be invoked', () => {
  it.each(['Failed', 'Deactivated', 'ActiveNonInvocable', 'Deleting'] as const)(
    'is refused with the reason, and makes no alias: %s',
    async (state) => {
      const { request, lambda, aws } = aDeploy();
      lambda.setState('41', state);
      expect(await request('Create')).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining(`version 41 is ${state}`),
      });
      expect(writesOf(aws)).toEqual([]);
    },
  );

  it.each(['Pending', 'Inactive'] as const)('is no reason to refuse it if that only takes time: %s', async (state) => {
    const { request, lambda } = aDeploy();
    lambda.setState('41', state);
    expect(await request('Create')).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toMatchObject(alone('41'));
  });
});

describe('updating the resource', () => {
  it.each(['Failed', 'Deactivated', 'ActiveNonInvocable', 'Deleting'] as const)(
    'refuses a version that cannot be invoked: %s',
    async (state) => {
      const { request, lambda } = aDeploy();
      await request('Create');
      lambda.setState('42', state);
      expect(await request('Update', { Version: '42' })).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining(`version 42 is ${state}`),
      });
    },
  );

  it.each(['Pending', 'Inactive'] as const)('accepts a version that only takes time: %s', async (state) => {
    const { request, lambda } = aDeploy();
    await request('Create');
    lambda.setState('42', state);
    expect(await request('Update', { Version: '42' })).toMatchObject({ status: 'SUCCESS' });
  });

  it('moves no traffic and starts the rollout of the new version, which waits for this stack', async () => {
    const { lambda, aws, request } = aDeploy();
    const { physicalId } = await request('Create');
    const answer = await request('Update', { Version: '42' });
    expect(answer).toMatchObject({ status: 'SUCCESS', physicalId });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(writesOf(aws)).toEqual(['lambda:CreateAlias']);
    expect(aws.started).toEqual([
      {
        name: expect.stringMatching(/^deploy-42-request-1-[0-9a-f]{8}$/),
        input: {
          function: 'checkout',
          alias: 'live',
          version: '42',
          policy: expect.objectContaining({
            canary: { weight: 10, bakeSeconds: 300, approval: 'automatic' },
            alarms: ['errors'],
            hooks: { beforeTraffic: ['smoke'], eachStep: [], afterTraffic: [] },
          }),
          stack: 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/1',
          startedBy: 'the deploy of stack checkout',
          provisionedConcurrency: null,
        },
      },
    ]);
  });

  it('starts the rollout from version 9 to 10: versions are numbers', async () => {
    const { lambda, aws, request } = aDeploy();
    lambda.publish('9');
    lambda.publish('10');
    await request('Create', { Version: '9' });
    await request('Update', { Version: '10' }, { OldResourceProperties: { ...properties, Version: '9' } });
    expect(aws.started).toMatchObject([{ input: { version: '10' } }]);
  });

  it('starts nothing from version 10 back to 9, as a rolled back stack asks for', async () => {
    const { lambda, aws, request } = aDeploy();
    lambda.publish('9');
    lambda.publish('10');
    await request('Create', { Version: '10' });
    await request('Update', { Version: '9' }, { OldResourceProperties: { ...properties, Version: '10' } });
    expect(aws.started).toEqual([]);
  });

  it('starts the rollout of a function that was replaced, however low its version', async () => {
    const { lambda, aws, request } = aDeploy();
    lambda.createAlias({ FunctionName: 'checkout', Name: 'live', FunctionVersion: '41' }, 'a person');
    const before = { OldResourceProperties: { ...properties, FunctionName: 'before', Version: '77' } };
    await request('Update', { Version: '42', Existing: 'adopt' }, before);
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
  });

  it('refuses a policy that is not JSON', async () => {
    const { request } = aDeploy();
    await request('Create');
    expect(await request('Update', { Version: '42', Policy: '{"canary":' })).toMatchObject({
      status: 'FAILED',
      reason: 'the policy is refused: expected JSON, found {"canary":',
    });
  });

  it('starts nothing where only the policy changed', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    expect(await request('Update', { Policy: '{"preset":"AllAtOnce"}' })).toMatchObject({ status: 'SUCCESS' });
    expect(aws.started).toEqual([]);
  });

  it('leaves the weights of a rollout under way alone', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    lambda.updateAlias(
      { FunctionName: 'checkout', Name: 'live', RoutingConfig: { AdditionalVersionWeights: { '42': 0.3 } } },
      'shift',
    );
    await request('Update', { Version: '42' });
    expect(lambda.alias).toMatchObject(split('41', '42', 30));
  });

  it('starts nothing when a rolled back stack asks for the version before, which the alias still serves', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    await request('Update', {}, { OldResourceProperties: { ...properties, Version: '42' } });
    expect(aws.started).toEqual([]);
  });

  it('makes the alias of a function that was replaced at its first version', async () => {
    const { lambda, aws, request } = aDeploy();
    await request(
      'Update',
      { Version: '41' },
      { OldResourceProperties: { ...properties, FunctionName: 'before', Version: '7' } },
    );
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(aws.started).toEqual([]);
  });

  it('refuses to rename, also to a name that exists, and its rollback succeeds', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    const mine = lambda.alias;
    for (const there of [null, { ...allTrafficTo('41'), description: 'somebody else', revisionId: 'r' }]) {
      lambda.alias = there;
      expect(await request('Update', { AliasName: 'prod', Existing: 'adopt' })).toMatchObject({
        status: 'FAILED',
        reason: expect.stringContaining('cannot be renamed'),
      });
      expect(lambda.alias).toEqual(there);
    }
    lambda.alias = mine;
    expect(await request('Update', {}, { OldResourceProperties: { ...properties, AliasName: 'prod' } })).toMatchObject({
      status: 'SUCCESS',
    });
  });

  it('does not take over an alias that the new function has already, unless told to', async () => {
    const { lambda, request } = aDeploy();
    lambda.createAlias({ FunctionName: 'checkout', Name: 'live', FunctionVersion: '41' }, 'a person');
    const replaced = { OldResourceProperties: { ...properties, FunctionName: 'before' } };
    expect(await request('Update', {}, replaced)).toMatchObject({ status: 'FAILED' });
    expect(await request('Update', { Existing: 'adopt' }, replaced)).toMatchObject({ status: 'SUCCESS' });
  });

  it('lets a stack roll back whatever the update was refused for', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    lambda.versions.delete('41');
    for (const refused of [{}, { ...properties, Existing: 'replace' }, { ...properties, Version: '42' }]) {
      expect(await request('Update', { Version: '41' }, { OldResourceProperties: refused })).toMatchObject({
        status: 'SUCCESS',
      });
    }
    expect(aws.started).toEqual([]);
  });

  it('refuses a policy before anything is started', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    expect(await request('Update', { Version: '42', Policy: '{"canary":{"weight":60}}' })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('canary.weight'),
    });
    expect(aws.started).toEqual([]);
  });
});

describe('a resource of the release before, with the names of alarms and hooks beside the policy', () => {
  const former: FormerAliasProperties = {
    ...properties,
    Policy: '{"canary":{"weight":10}}',
    Alarms: ['errors'],
    BeforeTraffic: ['smoke'],
    EachStep: [],
    AfterTraffic: ['last'],
  };
  const before = { OldResourceProperties: former };

  it('is updated in place to the new form, which starts nothing', async () => {
    const { lambda, aws, request } = aDeploy();
    const { physicalId } = await request('Create', former);
    expect(await request('Update', {}, before)).toMatchObject({ status: 'SUCCESS', physicalId });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(aws.started).toEqual([]);
  });

  it('starts the rollout of a version that the same update publishes', async () => {
    const { aws, request } = aDeploy();
    await request('Create', former);
    await request('Update', { Version: '42' }, before);
    expect(aws.started).toMatchObject([{ input: { version: '42', policy: { alarms: ['errors'] } } }]);
  });

  it('gets its former properties back if the stack rolls back', async () => {
    const { aws, request } = aDeploy();
    await request('Create', former);
    const newer = { OldResourceProperties: { ...properties, Version: '42' } };
    expect(await request('Update', former, newer)).toMatchObject({ status: 'SUCCESS' });
    expect(aws.started).toEqual([]);
  });

  it('is deployed again with the names that stand beside its policy', async () => {
    const { aws, request } = aDeploy();
    await request('Create', former);
    await request('Update', { ...former, Version: '42' }, before);
    expect(aws.started).toMatchObject([
      {
        input: {
          policy: { alarms: ['errors'], hooks: { beforeTraffic: ['smoke'], eachStep: [], afterTraffic: ['last'] } },
        },
      },
    ]);
  });

  it('is deleted', async () => {
    const { lambda, request } = aDeploy();
    await request('Create', former);
    expect(await request('Delete', former)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
  });
});

describe('an alias whose versions are to be warm', () => {
  const warm: Partial<AliasProperties> = { ProvisionedConcurrency: '5' };

  it('has its first version warmed by a rollout to what it serves', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create', warm);
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(aws.started).toMatchObject([{ input: { version: '41', provisionedConcurrency: 5 } }]);
  });

  it('hands the number to the rollout of the next version', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    await request('Update', { ...warm, Version: '42' });
    expect(aws.started).toMatchObject([{ input: { version: '42', provisionedConcurrency: 5 } }]);
  });

  it.each([
    ['the number is new', {}],
    ['the number is another', { ProvisionedConcurrency: '4' }],
  ])('is warmed as it is where only %s', async (_, before) => {
    const { aws, request } = aDeploy();
    await request('Create');
    await request('Update', warm, { OldResourceProperties: { ...properties, ...before } });
    expect(aws.started).toMatchObject([{ input: { version: '41', provisionedConcurrency: 5 } }]);
  });

  it.each([
    ['the number has not changed', warm, { ...properties, ...warm }],
    ['the number is gone', {}, { ...properties, ...warm }],
    ['the stack rolls back to the number before', warm, { ...properties, Version: '42', ProvisionedConcurrency: '7' }],
  ])('starts nothing where %s', async (_, changes, before) => {
    const { aws, request } = aDeploy();
    await request('Create');
    await request('Update', changes, { OldResourceProperties: before });
    expect(aws.started).toEqual([]);
  });

  it('is not sent to a version again that it does not serve, for the sake of a number', async () => {
    const { lambda, aws, request } = aDeploy();
    await request('Create');
    await request('Update', { ...warm, Version: '42' }, { OldResourceProperties: { ...properties, Version: '42' } });
    expect(lambda.alias).toMatchObject(alone('41'));
    expect(aws.started).toEqual([]);
  });

  it.each(['0', '1.5', 'five', '-1'])('refuses %j', async (ProvisionedConcurrency) => {
    const { request } = aDeploy();
    expect(await request('Create', { ProvisionedConcurrency })).toMatchObject({
      status: 'FAILED',
      reason: expect.stringContaining('expected a whole number from 1 on'),
    });
  });

  describe('no more', () => {
    const beside = { ResourceType: 'Custom::SluiceProvisionedConcurrency' };
    const config = (version: string) => ({
      FunctionName: 'checkout',
      Qualifier: version,
      ProvisionedConcurrentExecutions: 5,
    });

    it('releases what it serves, and nothing else', async () => {
      const { lambda, request } = aDeploy();
      await request('Create');
      lambda.updateAlias(
        { FunctionName: 'checkout', Name: 'live', RoutingConfig: { AdditionalVersionWeights: { '42': 0.3 } } },
        'shift',
      );
      lambda.publish('40');
      for (const version of ['40', '41', '42']) lambda.putProvisionedConcurrencyConfig(config(version), 0);
      for (const type of ['Create', 'Update'] as const) await request(type, {}, beside);
      expect(lambda.provisionedConcurrency).toEqual({ 40: 5, 41: 5, 42: 5 });
      expect(await request('Delete', {}, beside)).toMatchObject({ status: 'SUCCESS' });
      expect(lambda.provisionedConcurrency).toEqual({ 40: 5 });
      expect(lambda.alias).toMatchObject(split('41', '42', 30));
    });

    it('fails if Lambda keeps it', async () => {
      const fails = {
        call: 'lambda:DeleteProvisionedConcurrencyConfig',
        nth: 1,
        times: 1000,
        fail: 'ServiceException',
      };
      const { lambda, request } = aDeploy([fails as AwsFault]);
      await request('Create');
      lambda.putProvisionedConcurrencyConfig(config('41'), 0);
      expect(await request('Delete', {}, beside)).toMatchObject({ status: 'FAILED' });
    });

    it('may be repeated, and finds no alias', async () => {
      const { request } = aDeploy();
      expect(await request('Delete', {}, beside)).toMatchObject({ status: 'SUCCESS' });
      await request('Create');
      expect(await request('Delete', {}, beside)).toMatchObject({ status: 'SUCCESS' });
      expect(await request('Delete', {}, beside)).toMatchObject({ status: 'SUCCESS' });
    });
  });
});

describe('deleting the resource', () => {
  it('removes its alias', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
  });

  it('fails if Lambda keeps the alias', async () => {
    const fails = { call: 'lambda:DeleteAlias', nth: 1, times: 1000, fail: 'ServiceException' };
    const { request } = aDeploy([fails as AwsFault]);
    await request('Create');
    expect(await request('Delete')).toMatchObject({ status: 'FAILED' });
  });

  it.each([
    ['of somebody else', ''],
    ['of another resource', '[sluice:0123456789ab]'],
  ])('leaves an alias %s', async (_, description) => {
    const { lambda, request } = aDeploy();
    lambda.createAlias(
      { FunctionName: 'checkout', Name: 'live', FunctionVersion: '41', Description: description },
      'x',
    );
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).not.toBeNull();
  });

  it('removes its alias whatever the other properties are: a Delete that failed would hold the stack', async () => {
    const { lambda, request } = aDeploy();
    await request('Create');
    const odd = { Version: 'none', Existing: 'replace' as never, Policy: 'no JSON', Alarms: 'none' as never };
    expect(await request('Delete', odd)).toMatchObject({ status: 'SUCCESS' });
    expect(lambda.alias).toBeNull();
  });

  it('succeeds where there is nothing to delete, whatever the properties were', async () => {
    const { request } = aDeploy();
    expect(await request('Delete')).toMatchObject({ status: 'SUCCESS' });
    expect(await request('Delete', { Version: 'none' })).toMatchObject({ status: 'SUCCESS' });
  });
});

describe('requests that come twice at once', () => {
  it('make one alias', async () => {
    const { lambda, request } = aDeploy();
    const answers = await Promise.all([request('Create'), request('Create')]);
    expect(answers).toMatchObject([{ status: 'SUCCESS' }, { status: 'SUCCESS' }]);
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('start one rollout', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    const same = { RequestId: 'b' };
    await Promise.all([request('Update', { Version: '42' }, same), request('Update', { Version: '42' }, same)]);
    expect(aws.started.map(({ name }) => name)).toEqual([expect.stringMatching(/^deploy-42-b-/)]);
  });

  it('start their rollout although an execution of the same request has another input', async () => {
    const { aws, request } = aDeploy();
    await request('Create');
    const same = { Version: '42' };
    await request('Update', { ...same, Policy: '{"preset":"AllAtOnce"}' }, { RequestId: 'b' });
    await request('Update', same, { RequestId: 'b' });
    const [first, second] = aws.started;
    expect(first?.name).not.toBe(second?.name);
    expect(second?.input).toMatchObject({ policy: { canary: { weight: 10 } } });
  });
});

describe('a request that is not as CloudFormation sends it', () => {
  it.each([
    ['has an unknown type', { RequestType: 'Replace' }, 'RequestType'],
    ['has no properties', { ResourceProperties: undefined }, 'ResourceProperties'],
    ['has properties of another kind', { ResourceProperties: 'all' }, 'ResourceProperties'],
    ['has no name of a function', { ResourceProperties: { AliasName: 'live' } }, 'FunctionName'],
    [
      'has a name that is no text, and cannot be made one',
      { ResourceProperties: { ...properties, AliasName: { toString: 'x', valueOf: 1 } } },
      'AliasName',
    ],
    ['wants an unknown treatment', { ResourceProperties: { ...properties, Existing: 'replace' } }, 'Existing'],
  ])('is answered in words if it %s', async (_, more, named) => {
    const { lambda, request } = aDeploy();
    const answer = await request('Create', {}, more);
    expect(answer).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(`${named}.*: expected `) });
    expect(answer.physicalId).not.toBe('');
    expect(lambda.alias).toBeNull();
  });

  it.each([
    ['has no properties', { ResourceProperties: undefined }],
    ['has no physical id', { PhysicalResourceId: undefined }],
  ])('holds up no removal if it %s', async (_, more) => {
    const { request } = aDeploy();
    expect(await request('Delete', {}, more)).toMatchObject({ status: 'SUCCESS' });
  });

  it.each([null, undefined, 'x', 7, [], {}, { RequestType: 'Create' }, { ResponseURL: 'no URL' }])(
    'ends with what was expected if nobody can be answered: %j',
    async (event) => {
      const { handler, lambda } = aDeploy();
      await expect(handler(event)).rejects.toThrow(
        /^expected a request of CloudFormation to a custom resource: .*expected/,
      );
      expect(lambda.alias).toBeNull();
    },
  );

  it.each([
    'http://169.254.169.254/',
    'http://127.0.0.1:9001/',
    'file:///etc/passwd',
    'https://amazonaws.com.evil.example/',
  ])('changes nothing if its answer would go to %s', async (ResponseURL) => {
    const { aws, lambda } = anAws();
    lambda.alias = null;
    const handler = create({ clients: aws.clientsFor('alias-resource'), environment: {}, now: () => 0 });
    const event = {
      RequestType: 'Create',
      StackId: properties.Stack,
      RequestId: 'r',
      LogicalResourceId: 'LiveAlias',
      ResourceProperties: properties,
    };
    await expect(handler({ ...event, ResponseURL })).rejects.toThrow('ResponseURL: expected an https URL');
    expect(aws.calls).toEqual([]);
  });
});

it('tells what was refused in words for the person who deploys, and names any other error', async () => {
  const { request } = aDeploy();
  await request('Create');
  const { reason } = await request('Update', { Version: '99' });
  expect(reason).toBe('version 99 of checkout does not exist');
  expect(DeployRefused.is(new DeployRefused('no'))).toBe(true);
  expect(DeployRefused.is(Object.assign(new Error('no'), { name: 'DeployRefused' }))).toBe(false);
});

it('answers CloudFormation also where AWS refuses: silence would hold the stack', async () => {
  const { request } = aDeploy([{ call: 'lambda:GetAlias', nth: 1, times: 1_000_000, fail: 'AccessDeniedException' }]);
  expect(await request('Create')).toMatchObject({
    status: 'FAILED',
    reason: expect.stringContaining('AccessDeniedException'),
  });
});
