import { describe, expect, it } from 'vitest';
import { lambda } from '../../../lib/aws/handler/clients.ts';
import { durableExecutionsOn, isDurable } from '../../../lib/aws/lambda/durable-executions.ts';
import { answering } from '../answering.ts';
import { named } from './a-lambda.ts';

function paged(...pages: (object | string)[]) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const client = answering(lambda({ region: 'us-east-1' }), (_, input) => {
    const page = pages[asked.length];
    asked.push(input);
    if (typeof page === 'string') throw named(page);
    return page ?? {};
  });
  return { client, asked };
}

describe('a durable function', () => {
  it('is one that was created as such', async () => {
    expect(await isDurable(paged({ Configuration: { DurableConfig: {} } }).client, 'checkout')).toBe(true);
    expect(await isDurable(paged({ Configuration: {} }).client, 'checkout')).toBe(false);
    expect(await isDurable(paged({}).client, 'checkout')).toBe(false);
  });

  it('keeps a version on which an execution goes on, on whichever page it stands', async () => {
    const { client, asked } = paged({ DurableExecutions: [], NextMarker: 'more' }, { DurableExecutions: [{}] });
    expect(await durableExecutionsOn(client, 'checkout', '41')).toBe('durable executions still run on it');
    const query = { FunctionName: 'checkout', Qualifier: '41', Statuses: ['RUNNING', 'PAUSING', 'PAUSED'] };
    expect(asked).toEqual([query, { ...query, Marker: 'more' }]);
  });

  it('needs no version on which none goes on', async () => {
    expect(await durableExecutionsOn(paged({ NextMarker: 'more' }, {}).client, 'checkout', '41')).toBeUndefined();
  });

  it('keeps a version of which that cannot be read', async () => {
    expect(await durableExecutionsOn(paged('AccessDeniedException').client, 'checkout', '41')).toBe(
      'whether durable executions still run on it cannot be read (AccessDeniedException)',
    );
  });
});
