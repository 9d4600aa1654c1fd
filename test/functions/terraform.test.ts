import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { create } from '../../functions/alias-resource.ts';
import { aDeploy, writesOf } from './a-deploy.ts';
import { alone } from './alone.ts';
import { onVirtualTime } from './an-aws.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:shared';

/** The input of the resource, as the module of the documents has it. */
const input = {
  FunctionName: 'checkout',
  AliasName: 'live',
  Version: '41',
  Policy: { canary: { weight: 10, bakeSeconds: 60 } },
};

/** Terraform, which has made version 41, version 42 and the alias. */
function aTerraform() {
  const { lambda, aws, byHand, midway } = aDeploy();
  byHand('made by Terraform');
  const clients = aws.clientsFor('alias-resource');
  const refused = {
    send: async () => {
      throw new Error('there is no stack');
    },
  } as never;
  const handler = create({
    clients: { ...clients, cloudformation: refused },
    environment: { SLUICE_STATE_MACHINE: MACHINE },
    now: () => 0,
  });
  const send = (event: unknown) => onVirtualTime(() => handler(event));
  const registered = () =>
    onVirtualTime(async () => {
      const answer = await clients.ssm.send(new GetParametersByPathCommand({ Path: '/sluice', Recursive: true }));
      return (answer.Parameters ?? []).map(({ Name }) => Name?.split('/').slice(2, 4).join(':'));
    });
  return {
    lambda,
    aws,
    midway,
    send,
    registered,
    // As the provider makes them: the input, and the key `tf` with the action and the input before.
    make: (changes: object = {}) => send({ ...input, ...changes, tf: { action: 'create', prev_input: null } }),
    change: (changes: object, before: object = {}) =>
      send({ ...input, ...changes, tf: { action: 'update', prev_input: { ...input, ...before } } }),
    destroy: () => send({ ...input, tf: { action: 'delete', prev_input: input } }),
  };
}

describe('an alias that Terraform hands over', () => {
  it('is adopted as it is, and registered', async () => {
    const { lambda, aws, make, registered } = aTerraform();
    expect(await make()).toEqual({ AliasName: 'live', NewVersion: 'none' });
    expect(lambda.alias).toMatchObject({
      ...alone('41'),
      description: expect.stringMatching(/^made by Terraform \[sluice:[0-9a-f]{12}\]$/),
    });
    expect(await registered()).toEqual(['checkout:live']);
    expect(aws.started).toEqual([]);
  });

  it('is shifted to a new version, and waits for no stack', async () => {
    const { lambda, aws, make, change } = aTerraform();
    await make();
    expect(await change({ Version: '42' })).toEqual({ AliasName: 'live', NewVersion: '42' });
    expect(aws.started).toMatchObject([
      { input: { version: '42', stack: null, startedBy: 'Terraform', policy: { canary: { weight: 10 } } } },
    ]);
    expect(lambda.alias).toMatchObject(alone('41'));
  });

  it('takes a version that is a number, as Terraform leaves it', async () => {
    const { aws, make, change } = aTerraform();
    await make({ Version: 41 });
    await change({ Version: 42 }, { Version: 41 });
    expect(aws.started).toMatchObject([{ input: { version: '42' } }]);
  });

  it('starts one execution if Terraform repeats an event', async () => {
    const { aws, make, change } = aTerraform();
    await make();
    await make();
    await change({ Version: '42' });
    await change({ Version: '42' });
    expect(new Set(aws.started.map(({ name }) => name)).size).toBe(1);
  });

  it('starts another execution if the same input comes back after the alias has changed', async () => {
    const { lambda, aws, make, change } = aTerraform();
    await make();
    await change({ Version: '42' });
    lambda.updateAlias({ FunctionName: 'checkout', Name: 'live', Description: lambda.alias?.description }, 'a person');
    await change({ Version: '42' });
    expect(new Set(aws.started.map(({ name }) => name)).size).toBe(2);
  });

  it('is given back when the resource goes, and registered no more', async () => {
    const { lambda, make, destroy, registered } = aTerraform();
    await make();
    expect(await destroy()).toBeUndefined();
    expect(lambda.alias).toMatchObject({ ...alone('41'), description: 'made by Terraform' });
    expect(await registered()).toEqual([]);
    await destroy();
  });

  it('is given back if the resource goes on with another alias', async () => {
    const { lambda, send, registered, change } = aTerraform();
    await send({ ...input, tf: { action: 'create', prev_input: null } });
    await expect(change({ AliasName: 'other', Version: '99' })).rejects.toThrow('version 99');
    expect(lambda.alias).toMatchObject({ description: 'made by Terraform' });
    expect(await registered()).not.toContain('checkout:live');
  });

  it.each([
    [{ Policy: { canary: { weight: 60 } } }, 'canary.weight: expected at most 50'],
    [{ Version: '$LATEST' }, 'Version: expected a published version'],
    [{ Polcy: {} }, 'Polcy: only keys of the contract'],
    [{ Version: '99' }, 'version 99 of checkout does not exist'],
    [{ tf: { action: 'replace', prev_input: null } }, 'tf.action: expected "create", "update" or "delete"'],
  ])('fails for %j with the reason, and nothing is written', async (changes, reason) => {
    const { aws, send } = aTerraform();
    await expect(send({ ...input, tf: { action: 'create', prev_input: null }, ...changes })).rejects.toThrow(reason);
    expect(writesOf(aws)).toEqual([]);
    expect(aws.started).toEqual([]);
  });

  it('fails for a lower version with a bad policy: no stack rolls back that would have to get through', async () => {
    const { make, change } = aTerraform();
    await make({ Version: '42' });
    const changed = change({ Version: '41', Policy: { canary: { weight: 60 } } }, { Version: '42' });
    await expect(changed).rejects.toThrow('the policy is refused');
  });
});

it('an event with the URL of CloudFormation is never taken for one of Terraform', async () => {
  const { send } = aTerraform();
  const foreign = {
    ...input,
    tf: { action: 'delete' },
    ResponseURL: 'https://example.com',
    StackId: 's',
    RequestId: 'r',
  };
  await expect(send({ ...foreign, LogicalResourceId: 'l' })).rejects.toThrow('expected an https URL');
});
