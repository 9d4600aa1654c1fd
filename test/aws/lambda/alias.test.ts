import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambda as lambdaClient } from '../../../lib/aws/handler/clients.ts';
import { moveAlias, readAlias } from '../../../lib/aws/lambda/alias.ts';
import { AliasUnsettled } from '../../../lib/aws/lambda/alias-unsettled.ts';
import { allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { answering } from '../answering.ts';
import { ALambda, named } from './a-lambda.ts';

const name = { functionName: 'checkout', aliasName: 'live' };
const stable = { ...allTrafficTo('41'), description: '', revisionId: 'r1' };
const write = { kind: 'write', to: split('41', '42', 10), description: 'sluice' } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Moves the alias while time passes as fast as it can. */
async function moving(
  lambda: ALambda,
  decide: Parameters<typeof moveAlias>[2] = (alias) => (alias ? write : { kind: 'foreign' }),
) {
  const settled = moveAlias(lambda.client, name, decide).then(
    (moved) => moved,
    (error: Error) => error,
  );
  await vi.runAllTimersAsync();
  return settled;
}

describe('reading an alias', () => {
  const reading = async (...answers: (object | null)[]) => {
    let reads = 0;
    const client = answering(lambdaClient({ region: 'us-east-1' }), () => {
      const answer = answers[reads++];
      if (!answer) throw named('ResourceNotFoundException');
      return answer;
    });
    const read = readAlias(client, name);
    await vi.runAllTimersAsync();
    return { alias: await read, reads };
  };

  it('fills in what Lambda leaves out', async () => {
    expect((await reading({})).alias).toStrictEqual({
      functionVersion: '',
      additionalVersionWeights: {},
      description: '',
      revisionId: '',
      readAt: expect.any(Number),
    });
  });

  it('looks a second time before it says that there is none', async () => {
    expect(await reading(null, null)).toEqual({ alias: null, reads: 2 });
    expect(await reading(null, { FunctionVersion: '41' })).toMatchObject({
      alias: { functionVersion: '41' },
      reads: 2,
    });
  });
});

describe('writing an alias', () => {
  it.each(['AccessDeniedException', 'InvalidParameterValueException', 'ResourceConflictException', 'ServiceException'])(
    'that AWS refuses with %s fails with that error, after one try',
    async (refusal) => {
      const lambda = new ALambda(stable);
      lambda.before = () => {
        throw named(refusal);
      };
      expect(await moving(lambda)).toMatchObject({ name: refusal });
      expect(lambda.writes).toBe(1);
      expect(lambda.alias).toEqual(stable);
    },
  );

  it('that was changed meanwhile is decided again, on what it shows then', async () => {
    const lambda = new ALambda(stable);
    lambda.before = (nth) => {
      if (nth === 1) lambda.alias = { ...allTrafficTo('40'), description: 'by hand', revisionId: 'r2' };
    };
    const seen: string[] = [];
    const moved = await moving(lambda, (alias) => {
      seen.push(alias?.functionVersion ?? 'none');
      return alias?.functionVersion === '41' ? write : { kind: 'foreign' };
    });
    expect(seen).toEqual(['41', '40']);
    expect(moved).toMatchObject({ kind: 'foreign', wrote: false, alias: { description: 'by hand' } });
  });

  it('that was deleted meanwhile is decided again, on an alias that is gone', async () => {
    const lambda = new ALambda(stable);
    lambda.before = () => {
      lambda.alias = null;
    };
    expect(await moving(lambda)).toEqual({ kind: 'foreign', alias: null, wrote: false });
    expect(lambda.writes).toBe(1);
  });

  it('to a version that does not exist fails with that error: the alias is still there', async () => {
    const lambda = new ALambda(stable);
    lambda.before = () => {
      throw named('ResourceNotFoundException');
    };
    expect(await moving(lambda)).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('whose revision is refused again and again is given up', async () => {
    const lambda = new ALambda(stable);
    lambda.before = () => {
      throw named('PreconditionFailedException');
    };
    expect(await moving(lambda)).toBeInstanceOf(AliasUnsettled);
    expect(lambda.writes).toBe(6);
  });
});
