import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { MACHINE } from '../../../lib/rehearsal/names.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import { checkSize, MOST_BYTES } from '../../../lib/rehearsal/services/data-limit.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import { anAws } from '../../functions/an-aws.ts';
import { endOf, usual } from '../a-scenario.ts';

/** JSON text in quotes of exactly so many bytes. */
const text = (bytes: number, character = 'a') => character.repeat((bytes - 2) / Buffer.byteLength(character)).padEnd(1);

describe('data of Step Functions', () => {
  it('may be as large as the limit, and no byte larger', () => {
    expect(() => checkSize('it', text(MOST_BYTES))).not.toThrow();
    expect(() => checkSize('it', text(MOST_BYTES + 1))).toThrow(
      expect.objectContaining({ name: 'States.DataLimitExceeded' }),
    );
  });

  it('is measured in bytes of UTF-8, and in all of its parts together', () => {
    const third = '認'.repeat(MOST_BYTES / 3);
    expect(() => checkSize('it', third)).toThrow('exceeds');
    expect(() => checkSize('it', text(MOST_BYTES / 2), text(MOST_BYTES / 2 + 2))).toThrow('exceeds');
  });

  it('that starts an execution is refused if it is too large', async () => {
    const { sfn } = anAws().aws.clientsFor('observe');
    const input = JSON.stringify({ reason: text(MOST_BYTES) });
    await expect(
      sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'large', input })),
    ).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
  });
});

it('a rollout whose document has become too large ends with the alias put back or untouched', async () => {
  const controller = loadController();
  const { observe } = controller.handlers;
  const growing: typeof observe = (context) => {
    const handler = observe?.(context);
    return async (event) => ({ ...((await handler?.(event)) as object), ballast: text(MOST_BYTES) });
  };
  const scenario = scenarioSchema.parse(usual);
  const { result } = await rehearse(scenario, {
    ...controller,
    handlers: { ...controller.handlers, observe: growing },
  });
  expect(endOf(result)).toEqual({
    outcome: 'rolledBack',
    alias: { functionVersion: '41', additionalVersionWeights: {} },
  });
  expect(result.reason).toContain('exceeds the maximum number of bytes');
});
