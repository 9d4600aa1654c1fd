import { describe, expect, it } from 'vitest';
import { sfn } from '../../../lib/aws/handler/clients.ts';
import { readDocuments } from '../../../lib/aws/states/documents.ts';
import { atStep, T0 } from '../../rollout/a-rollout.ts';
import { answering } from '../answering.ts';

type Input = Readonly<Record<string, unknown>>;

/** A Step Functions whose history has these pages. */
function withPages(...pages: readonly (readonly object[])[]) {
  const asked: Input[] = [];
  const client = answering(sfn({ region: 'us-east-1' }), (_, input) => {
    asked.push(input);
    const page = Number(input['nextToken'] ?? 0);
    return { events: pages[page], ...(page + 1 < pages.length ? { nextToken: String(page + 1) } : {}) };
  });
  return { client, asked };
}

/** A state has left a document at a second. */
const left = (second: number, document: unknown, type = 'TaskStateExited') => ({
  type,
  timestamp: new Date((T0 + second) * 1000),
  stateExitedEventDetails: { name: 'Observe', output: JSON.stringify(document) },
});

const [first, second] = [atStep(0), atStep(1)];
const arn = 'arn:aws:states:us-east-1:123456789012:execution:sluice:deploy-7';

describe('the documents of a rollout', () => {
  it('are read from all pages, oldest first, each with its moment', async () => {
    const { client, asked } = withPages([left(120, second)], [left(60, first)]);
    const documents = await readDocuments(client, arn);
    expect(documents.map(({ at, rollout }) => [at - T0, rollout.step])).toEqual([
      [60, 0],
      [120, 1],
    ]);
    expect(asked).toEqual([
      { executionArn: arn, reverseOrder: true, maxResults: 1000 },
      { executionArn: arn, reverseOrder: true, maxResults: 1000, nextToken: '1' },
    ]);
  });

  it('are those at the end if no more pages may be read', async () => {
    const { client } = withPages([left(120, second)], [left(60, first)]);
    expect((await readDocuments(client, arn, 1)).map(({ rollout }) => rollout.step)).toEqual([1]);
  });

  it('are what tasks have left: waits and choices hand them on, and other events tell of something else', async () => {
    const { client } = withPages([
      left(63, first, 'ChoiceStateExited'),
      left(62, { hello: 'world' }),
      { type: 'TaskStateExited', timestamp: new Date(0) },
      { type: 'ExecutionFailed', timestamp: new Date(0), executionFailedEventDetails: {} },
      left(61, first),
    ]);
    expect((await readDocuments(client, arn)).map(({ at }) => at - T0)).toEqual([61]);
  });
});
