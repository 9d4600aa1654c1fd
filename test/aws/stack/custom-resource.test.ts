import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { customResourceEventSchema, putAnswer, refuseForeignUrl } from '../../../lib/aws/stack/custom-resource.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A request with the longest ids that CloudFormation gives. */
const longest = {
  ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/a?X-Amz-Signature=b',
  StackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/${'s'.repeat(128)}/00000000-0000-0000-0000-000000000000`,
  RequestId: '00000000-0000-0000-0000-000000000000',
  LogicalResourceId: 'L'.repeat(255),
  PhysicalResourceId: '',
};

async function answered(answer: Partial<Parameters<typeof putAnswer>[1]>): Promise<string> {
  const put = vi.fn(async (_url: string, _request: { readonly body: string }) => new Response());
  vi.stubGlobal('fetch', put);
  await putAnswer(longest, {
    status: 'FAILED',
    reason: '',
    physicalId: 'sluice-0123456789ab',
    attributes: { AliasName: 'live' },
    ...answer,
  });
  return put.mock.calls[0]?.[1].body as string;
}

describe('an answer to CloudFormation', () => {
  it.each([
    ['ideographs', '日'],
    ['quotes', '"'],
    ['lines', '\n'],
    ['control characters', '\u0001'],
    ['pictures', '😀'],
    ['halves of characters', '\ud800'],
  ])('has at most 4096 bytes with a long reason of %s', async (_, text) => {
    expect(Buffer.byteLength(await answered({ reason: text.repeat(5000) }))).toBeLessThanOrEqual(4096);
  });

  it('has at most 4096 bytes and is JSON, whatever the reason and the attributes of a failure', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 6000 });
    await fc.assert(
      fc.asyncProperty(text, text, async (reason, AliasName) => {
        const body = await answered({ reason, attributes: { AliasName } });
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
        expect(JSON.parse(body)).toMatchObject({ Status: 'FAILED', Data: {} });
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a reason of usual length as it is', async () => {
    const reason = 'version 99 of checkout does not exist';
    expect(JSON.parse(await answered({ reason }))).toMatchObject({ Reason: reason });
  });

  it('brings the attributes of a success', async () => {
    expect(JSON.parse(await answered({ status: 'SUCCESS' }))).toMatchObject({ Data: { AliasName: 'live' } });
  });
});

describe('the URL of an answer', () => {
  it.each([
    'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?y=z',
    'https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn/x',
    'https://s3.us-gov-west-1.amazonaws.com/cloudformation-custom-resource-response/x',
  ])('may be %s', (url) => {
    expect(() => refuseForeignUrl(url, undefined)).not.toThrow();
  });

  it.each([
    'http://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/',
    'https://example.com/',
    'https://amazonaws.com.example.com/',
    'https://notamazonaws.com/',
    'https://s3.amazonaws.com.cn.example/',
    'https://s3.amazonaws.com@example.com/',
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:9001/2018-06-01/runtime',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ])('may not be %s', (url) => {
    expect(() => refuseForeignUrl(url, undefined)).toThrow(/expected an https URL of a host in amazonaws.com/);
  });

  it('may be of the endpoint that stands for AWS, and of no other port or host beside it', () => {
    const endpoint = 'http://127.0.0.1:4566';
    expect(() => refuseForeignUrl('http://127.0.0.1:4566/answers/1', endpoint)).not.toThrow();
    expect(() => refuseForeignUrl('http://127.0.0.1:9001/answers/1', endpoint)).toThrow();
    expect(() => refuseForeignUrl('http://127.0.0.1:9001/answers/1', 'no URL')).toThrow();
  });
});

describe('a request of CloudFormation', () => {
  const request = {
    ResponseURL: longest.ResponseURL,
    StackId: longest.StackId,
    RequestId: longest.RequestId,
    LogicalResourceId: 'LiveAlias',
    ResourceProperties: { ServiceToken: 'arn' },
  };

  it('to create has no physical id yet, and may leave out its type', () => {
    expect(customResourceEventSchema.parse({ ...request, RequestType: 'Create' })).toMatchObject({
      PhysicalResourceId: '',
      ResourceType: '',
      ResourceProperties: { ServiceToken: 'arn' },
    });
  });

  it('to update or to delete is read without the properties that it may lack', () => {
    const { ResourceProperties, ...bare } = request;
    expect(customResourceEventSchema.parse({ ...request, RequestType: 'Update' })).toMatchObject({
      OldResourceProperties: {},
    });
    expect(customResourceEventSchema.parse({ ...bare, RequestType: 'Delete' })).toMatchObject({
      ResourceProperties: {},
    });
    expect(customResourceEventSchema.safeParse({ ...bare, RequestType: 'Create' }).success).toBe(false);
  });

  it.each(['ResponseURL', 'StackId', 'RequestId', 'LogicalResourceId'])(
    'cannot be answered without its %s',
    (field) => {
      const empty = { ...request, RequestType: 'Create', [field]: '' };
      expect(customResourceEventSchema.safeParse(empty).success).toBe(false);
    },
  );
});
