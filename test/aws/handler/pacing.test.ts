import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { paced } from '../../../lib/aws/handler/pacing.ts';
import { inVirtualTime } from '../../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../../lib/rehearsal/world/random.ts';

describe('a paced client', () => {
  it('sends 500 requests that were asked for at once without ever sending more than 15 in a second', async () => {
    const sent: number[] = [];
    await inVirtualTime(createRandom(1), async (time) => {
      const lambda = paced(
        new LambdaClient({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }),
      );
      lambda.middlewareStack.add(
        () => async () => {
          sent.push(time.second());
          return { output: { $metadata: {} }, response: undefined } as never;
        },
        { step: 'finalizeRequest', priority: 'low', name: 'answers' },
      );
      const ask = () => lambda.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' }));
      {
        // The first request reads the SDK's configuration from disk.
        using _reading = time.busy();
        await ask();
      }
      await Promise.all(Array.from({ length: 499 }, ask));
    });
    expect(sent).toHaveLength(500);
    const most = Math.max(...sent.map((start) => sent.filter((at) => at >= start && at < start + 1).length));
    expect(most).toBeLessThanOrEqual(11);
  });
});
