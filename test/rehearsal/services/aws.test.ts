import { DescribeChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { GetAliasCommand, ListAliasesCommand } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import type { Actor } from '../../../lib/rehearsal/simulation/setup.ts';
import { anAws } from '../../functions/an-aws.ts';
import { rehearsing, usual } from '../a-scenario.ts';

const name = { FunctionName: 'checkout', Name: 'live' };

describe("a call to the rehearsal's AWS", () => {
  it('is recorded with its caller and the ARN that IAM judges it on', async () => {
    const { aws } = anAws();
    await aws.clientsFor('observe').lambda.send(new GetAliasCommand(name));
    const resource = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';
    expect(aws.calls).toEqual([{ caller: 'observe', action: 'lambda:GetAlias', resource }]);
  });

  it('is recorded even if the service refuses it, for the role must allow it all the same', async () => {
    const { aws, lambda } = anAws();
    lambda.deleteAlias();
    await expect(aws.clientsFor('observe').lambda.send(new GetAliasCommand(name))).rejects.toThrow('Cannot find alias');
    expect(aws.calls).toHaveLength(1);
  });

  it('that no service answers is an error which names the call and its caller', async () => {
    const { lambda } = anAws().aws.clientsFor('observe');
    await expect(lambda.send(new ListAliasesCommand({ FunctionName: 'checkout' }))).rejects.toThrow(
      "the rehearsal's AWS does not know lambda:ListAliases, which observe called",
    );
  });
});

describe('a rehearsal', () => {
  it('fails if the controller makes a call that no service answers, even if the handler ignores the error', async () => {
    const controller = loadController();
    const { shift } = controller.handlers;
    const asking: typeof shift = (context) => {
      const handler = shift?.(context);
      return async (event) => {
        const { cloudformation } = context.clients;
        await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: 'x' }) as never).catch(() => {});
        return handler?.(event);
      };
    };
    const handlers = { ...controller.handlers, shift: asking };
    await expect(rehearse(scenarioSchema.parse(usual), { ...controller, handlers })).rejects.toThrow(
      'does not know cloudformation:DescribeChangeSet, which shift called',
    );
  });

  it('fails if an actor makes a call that no service answers', async () => {
    const asking: Actor = {
      atSecond: 5,
      does: ({ lambda }) => lambda.send(new ListAliasesCommand({ FunctionName: 'checkout' })),
    };
    await expect(rehearsing({}, [asking])).rejects.toThrow('lambda:ListAliases, which operator called');
  });
});
