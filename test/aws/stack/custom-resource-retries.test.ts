import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CustomResourceEvent, putAnswer } from '../../../lib/aws/stack/custom-resource.ts';

const event: CustomResourceEvent = {
  RequestType: 'Delete',
  ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/a?signature=x',
  StackId: 'stack-1',
  RequestId: 'request-1',
  LogicalResourceId: 'LiveAlias',
  ResourceType: 'Custom::Alias',
  PhysicalResourceId: 'sluice-1',
  ResourceProperties: {},
};
const answer = {
  status: 'SUCCESS',
  reason: 'done',
  physicalId: 'sluice-1',
  attributes: { AliasName: 'live' },
} as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers CloudFormation, whose URL gives these answers: a status, or an error if it cannot be reached. */
async function put(statuses: readonly (number | Error)[], reason: string = answer.reason) {
  const began = Date.now();
  const requests: { url: string; options: RequestInit; second: number }[] = [];
  vi.stubGlobal('fetch', async (url: string, options: RequestInit) => {
    const status = statuses[Math.min(requests.length, statuses.length - 1)];
    requests.push({ url, options, second: (Date.now() - began) / 1000 });
    if (status instanceof Error) throw status;
    return new Response(null, { status: status as number });
  });
  const thrown = putAnswer(event, { ...answer, reason }).then(
    () => undefined,
    ({ message }: Error) => message,
  );
  await vi.runAllTimersAsync();
  return { thrown: await thrown, requests };
}

describe('the answer to CloudFormation', () => {
  it("is put to the request's URL once, without a content type, for which the URL is not signed", async () => {
    const { thrown, requests } = await put([200]);
    expect(thrown).toBeUndefined();
    expect(requests).toMatchObject([
      { url: event.ResponseURL, options: { method: 'PUT', headers: { 'content-type': '' } } },
    ]);
    expect(JSON.parse(String(requests[0]?.options.body))).toEqual({
      Status: 'SUCCESS',
      Reason: 'done',
      PhysicalResourceId: 'sluice-1',
      StackId: 'stack-1',
      RequestId: 'request-1',
      LogicalResourceId: 'LiveAlias',
      Data: { AliasName: 'live' },
    });
  });

  it('stays below the 4096 bytes that CloudFormation reads, however long the reason is', async () => {
    const { requests } = await put([200], 'x'.repeat(5000));
    const { Reason } = JSON.parse(String(requests[0]?.options.body));
    expect(Reason).toBe('x'.repeat(1000));
  });

  it.each([
    ['answers with an error', 503],
    ['cannot be reached', new Error('fetch failed')],
  ])('is put again if the URL %s', async (_, failure) => {
    const { thrown, requests } = await put([failure, failure, 200]);
    expect(thrown).toBeUndefined();
    expect(requests.map(({ second }) => second)).toEqual([0, 1, 3]);
  });

  it('is given up after five tries within a quarter of a minute, with the last error', async () => {
    const { thrown, requests } = await put([503, 503, 503, 503, 403]);
    expect(thrown).toBe("CloudFormation's URL answered 403");
    expect(requests.map(({ second }) => second)).toEqual([0, 1, 3, 7, 15]);
  });

  it('waits 10 s for one request, and then for no answer', async () => {
    const limits: number[] = [];
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      limits.push(milliseconds);
      return new AbortController().signal;
    });
    const { requests } = await put([200]);
    timeout.mockRestore();
    expect(limits).toEqual([10_000]);
    expect(requests[0]?.options.signal).toBeInstanceOf(AbortSignal);
  });
});
