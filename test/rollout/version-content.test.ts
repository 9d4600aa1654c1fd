import { describe, expect, it } from 'vitest';
import { contentOf } from '../../lib/aws/lambda/version-content.ts';
import { differenceInWords, mutableInWords, notesOn } from '../../lib/rollout/version-content.ts';

const configuration = { CodeSha256: 'a', MemorySize: 128, Runtime: 'nodejs24.x' as const, Timeout: 3 };
const facts = (version: string, changes: object = {}, code: object = {}) => ({
  version,
  state: 'Active',
  stateReason: '',
  role: 'role',
  deadLetterTarget: '',
  content: contentOf({ ...configuration, ...changes }, code),
});
const difference = (changes: object, before: object = {}) =>
  differenceInWords(facts('41', before), facts('42', changes));

describe('two versions', () => {
  it.each([
    [{ CodeSha256: 'b' }, '42 differs from 41 in code only'],
    [{ MemorySize: 256 }, '42 differs from 41 in memory (128, 256)'],
    [
      { CodeSha256: 'b', Runtime: 'nodejs26.x', Timeout: 5 },
      '42 differs from 41 in code, runtime (nodejs24.x, nodejs26.x) and timeout (3, 5)',
    ],
    [{}, '42 has the code and the configuration of 41'],
  ])('are told apart by what differs', (changes, expected) => {
    expect(difference(changes)).toBe(expected);
  });

  it.each<[string, object]>([
    ['runtime version', { RuntimeVersionConfig: { RuntimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:a' } }],
    ['runtime configuration', { RuntimeConfig: { RuntimeAlias: 'latest' } }],
    ['handler (none, index.handler)', { Handler: 'index.handler' }],
    ['architecture (none, arm64, x86_64)', { Architectures: ['arm64', 'x86_64'] }],
    ['package type (none, Image)', { PackageType: 'Image' }],
    ['image configuration', { ImageConfigResponse: { ImageConfig: { WorkingDirectory: '/srv' } } }],
    ['layers', { Layers: [{ Arn: 'arn:aws:lambda:us-east-1:123456789012:layer:a:1' }] }],
    ['network', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } }],
    ['KMS key', { KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/a' }],
    ['storage', { EphemeralStorage: { Size: 1024 } }],
    ['file systems', { FileSystemConfigs: [{ Arn: 'arn:aws:elasticfilesystem:a', LocalMountPath: '/mnt/a' }] }],
    ['SnapStart', { SnapStart: { ApplyOn: 'PublishedVersions' } }],
    ['tracing', { TracingConfig: { Mode: 'Active' } }],
    ['logging', { LoggingConfig: { LogFormat: 'JSON' } }],
    ['capacity provider', { CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: {} } }],
  ])('differ in %s', (name, changes) => {
    expect(difference(changes)).toBe(`42 differs from 41 in ${name}`);
  });

  it('do not differ if only the order of their variables, subnets and security groups does', () => {
    const settings = (...order: readonly [string, string]) => ({
      Environment: { Variables: Object.fromEntries(order.map((name) => [name, 'x'])) },
      VpcConfig: { SubnetIds: [...order], SecurityGroupIds: [...order] },
    });
    expect(difference(settings('a', 'b'), settings('b', 'a'))).toBe('42 has the code and the configuration of 41');
  });

  it('do not show the values of their environment', () => {
    const environment = (PASSWORD: string) => ({ Environment: { Variables: { PASSWORD } } });
    expect(difference(environment('secret-2'), environment('secret-1'))).toBe('42 differs from 41 in environment');
  });

  it('differ in their configuration if only its hash says so', () => {
    const hashed = (ConfigSha256: string) => ({ CodeSha256: 'b', ConfigSha256 });
    expect(difference(hashed('y'), { ConfigSha256: 'x' })).toBe('42 differs from 41 in code and configuration');
    expect(difference(hashed('x'), { ConfigSha256: 'x' })).toBe('42 differs from 41 in code only');
  });

  it('of which nothing was read are not compared', () => {
    const { content: _, ...unread } = facts('41');
    expect(differenceInWords(unread, facts('42'))).toBeUndefined();
  });
});

describe('a version', () => {
  it.each([
    [{}, { ResolvedS3Object: { S3Bucket: 'code', S3Key: 'a.zip' } }, 's3://code/a.zip'],
    [{ RuntimeConfig: { RuntimeAlias: 'arn:runtime:prod' } }, {}, 'the runtime alias arn:runtime:prod'],
    [{ KMSKeyArn: 'arn:key' }, {}, 'the KMS key arn:key'],
    [{}, { SourceKMSKeyArn: 'arn:key' }, 'the KMS key arn:key'],
  ])('is not immutable if it takes something from elsewhere', (changes, code, words) => {
    expect(mutableInWords(facts('41', changes, code))).toContain(words);
  });

  it('is immutable otherwise', () => {
    expect(mutableInWords(facts('41'))).toBeUndefined();
  });
});

describe('the notes of a rollout', () => {
  it('are none if one of them was not read', () => {
    expect(notesOn(null, facts('42'))).toEqual([]);
    expect(notesOn(facts('41'), null)).toEqual([]);
  });

  it('say how the versions differ', () => {
    expect(notesOn(facts('41'), facts('42', { CodeSha256: 'b' }))).toEqual(['42 differs from 41 in code only']);
  });

  it('say that the way back is asleep', () => {
    expect(notesOn({ ...facts('41'), state: 'Inactive' }, facts('42'))).toContain(
      'version 41 is Inactive: a revert leads to a version that cannot be invoked at once',
    );
  });

  it('say that a revert does not stop durable executions', () => {
    expect(notesOn(facts('41'), facts('42', { DurableConfig: {} })).at(-1)).toContain(
      'does not stop the durable executions that 42 began',
    );
  });
});
