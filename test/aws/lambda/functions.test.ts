import { describe, expect, it } from 'vitest';
import { lambda } from '../../../lib/aws/handler/clients.ts';
import { readHold, readVersion, readVersionState } from '../../../lib/aws/lambda/functions.ts';
import { answering } from '../answering.ts';
import { named } from './a-lambda.ts';

/** A Lambda that gives one answer, or fails with an error of this name; and the inputs that it was asked with. */
function giving(answer: object | string) {
  const asked: unknown[] = [];
  const client = answering(lambda({ region: 'us-east-1' }), (command, input) => {
    asked.push([command, input]);
    if (typeof answer === 'string') throw named(answer);
    return answer;
  });
  return { client, asked };
}

describe('a published version', () => {
  it('is read with what decides whether it may get traffic', async () => {
    const { client, asked } = giving({
      Configuration: {
        State: 'Inactive',
        StateReason: 'idle',
        Role: 'role',
        DeadLetterConfig: { TargetArn: 'queue' },
        Timeout: 30,
      },
    });
    expect(await readVersion(client, 'checkout', '42')).toMatchObject({
      version: '42',
      state: 'Inactive',
      stateReason: 'idle',
      role: 'role',
      deadLetterTarget: 'queue',
      timeoutSeconds: 30,
      content: {},
    });
    expect(asked).toEqual([['GetFunctionCommand', { FunctionName: 'checkout', Qualifier: '42' }]]);
  });

  it('is of an unknown state if Lambda tells nothing of it, and then of no content', async () => {
    expect(await readVersion(giving({}).client, 'checkout', '42')).toEqual({
      version: '42',
      state: 'Unknown',
      stateReason: '',
      role: '',
      deadLetterTarget: '',
      timeoutSeconds: undefined,
    });
    expect(await readVersion(giving({ Configuration: {} }).client, 'checkout', '42')).toMatchObject({
      state: 'Unknown',
      deadLetterTarget: '',
    });
  });

  it('is none if it does not exist, and unknown after any other error', async () => {
    expect(await readVersion(giving('ResourceNotFoundException').client, 'checkout', '42')).toBeNull();
    await expect(readVersion(giving('AccessDeniedException').client, 'checkout', '42')).rejects.toThrow();
  });

  it('tells its state to those who may not see its code', async () => {
    const { client, asked } = giving({ State: 'Active' });
    expect(await readVersionState(client, 'checkout', '42')).toEqual({ state: 'Active', stateReason: '' });
    expect(asked).toEqual([['GetFunctionConfigurationCommand', { FunctionName: 'checkout', Qualifier: '42' }]]);
    expect(await readVersionState(giving({}).client, 'checkout', '42')).toEqual({ state: 'Unknown', stateReason: '' });
  });
});

describe("a function's hold", () => {
  it('is the value of its tag on one line, and none without the tag', async () => {
    expect(await readHold(giving({ Tags: { 'sluice:hold': 'no deploys\ntoday' } }).client, 'checkout')).toBe(
      'no deploys today',
    );
    expect(await readHold(giving({ Tags: { 'sluice:hold': '' } }).client, 'checkout')).toBe('');
    expect(await readHold(giving({ Tags: { team: 'shop' } }).client, 'checkout')).toBeNull();
    expect(await readHold(giving({}).client, 'checkout')).toBeNull();
  });

  it.each([
    ['in words', { ErrorCode: 'AccessDenied', Message: 'not for you' }, 'not for you'],
    ['as a code', { ErrorCode: 'AccessDenied' }, 'AccessDenied'],
  ])('is unknown if the tags cannot be read, with the reason %s', async (_, TagsError, reason) => {
    await expect(readHold(giving({ TagsError }).client, 'checkout')).rejects.toMatchObject({
      name: 'TagsUnreadable',
      message: `the tags of checkout cannot be read: ${reason}`,
    });
  });
});
