import { describe, expect, it } from 'vitest';
import { lambda } from '../../../lib/aws/handler/clients.ts';
import { deleteVersion, readAliases, readProvisioned, readVersions } from '../../../lib/aws/lambda/versions.ts';
import { answering } from '../answering.ts';
import { named } from './a-lambda.ts';

/** A Lambda that gives these pages one after the other, and the inputs that it was asked with. */
function paged(...pages: object[]) {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const client = answering(lambda({ region: 'us-east-1' }), (_, input) => {
    asked.push(input);
    const NextMarker = asked.length < pages.length ? { NextMarker: `page-${asked.length}` } : {};
    return { ...pages[asked.length - 1], ...NextMarker };
  });
  return { client, asked };
}

const arnOf = (qualifier: string) => `arn:aws:lambda:us-east-1:123456789012:function:checkout:${qualifier}`;

describe('the published versions of a function', () => {
  it('are those of all pages, the oldest first, and without $LATEST', async () => {
    const { client, asked } = paged(
      { Versions: [{ Version: '$LATEST' }, { Version: '10', Description: 'ten' }] },
      { Versions: [{ Version: '9', LastModified: '2026-01-02T03:04:05.000+0000', CodeSha256: 'abc', CodeSize: 7 }] },
    );
    expect(await readVersions(client, 'checkout')).toEqual([
      { version: '9', description: '', publishedAt: new Date('2026-01-02T03:04:05Z'), codeSha256: 'abc', size: 7 },
      { version: '10', description: 'ten', publishedAt: null, codeSha256: '', size: 0 },
    ]);
    expect(asked).toMatchObject([{ FunctionName: 'checkout' }, { FunctionName: 'checkout', Marker: 'page-1' }]);
  });

  it('are none if Lambda names none', async () => {
    expect(await readVersions(paged({}).client, 'checkout')).toEqual([]);
  });
});

describe('the aliases of a function', () => {
  it('are those of all pages by name, also those without weights or a description', async () => {
    const { client } = paged(
      {
        Aliases: [
          {
            Name: 'live',
            FunctionVersion: '41',
            RoutingConfig: { AdditionalVersionWeights: { '42': 0.1 } },
            Description: 'ours',
            RevisionId: 'r1',
          },
        ],
      },
      { Aliases: [{ Name: 'beta', FunctionVersion: '42' }] },
    );
    expect(await readAliases(client, 'checkout')).toEqual([
      { name: 'beta', functionVersion: '42', additionalVersionWeights: {}, description: '', revisionId: '' },
      {
        name: 'live',
        functionVersion: '41',
        additionalVersionWeights: { '42': 0.1 },
        description: 'ours',
        revisionId: 'r1',
      },
    ]);
  });
});

describe('the provisioned concurrency of a function', () => {
  it('is that of all pages, by version and alias', async () => {
    const { client } = paged(
      {
        ProvisionedConcurrencyConfigs: [
          { FunctionArn: arnOf('41'), RequestedProvisionedConcurrentExecutions: 5 },
          { FunctionArn: arnOf('live'), RequestedProvisionedConcurrentExecutions: 2 },
        ],
      },
      { ProvisionedConcurrencyConfigs: [{ FunctionArn: arnOf('42') }] },
    );
    const found = await readProvisioned(client, 'checkout');
    expect([...found]).toEqual([
      ['41', 5],
      ['live', 2],
      ['42', 0],
    ]);
  });

  it('is none if the endpoint says that there is none, and unknown after any other error', async () => {
    const failing = (name: string) =>
      answering(lambda({ region: 'us-east-1' }), () => {
        throw named(name);
      });
    expect((await readProvisioned(failing('ProvisionedConcurrencyConfigNotFoundException'), 'checkout')).size).toBe(0);
    await expect(readProvisioned(failing('AccessDeniedException'), 'checkout')).rejects.toThrow(
      'AccessDeniedException',
    );
  });
});

describe('deleting a version', () => {
  it('names the function and the version', async () => {
    const { client, asked } = paged({});
    await deleteVersion(client, 'checkout', '41');
    expect(asked).toEqual([{ FunctionName: 'checkout', Qualifier: '41' }]);
  });

  it.each([
    ['no version', 'checkout', ''],
    ['an alias', 'checkout', 'live'],
    ['$LATEST', 'checkout', '$LATEST'],
    ['a function with a qualifier', 'checkout:41', '41'],
  ])('calls nothing for %s, because Lambda might delete the whole function', async (_, functionName, version) => {
    const { client, asked } = paged({});
    await expect(deleteVersion(client, functionName, version as `${number}`)).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
