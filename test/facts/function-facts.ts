import { deepEqual, equal, ok } from 'node:assert/strict';
import {
  GetFunctionCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import type { Fact, Fixture } from './fact.ts';
import { PROBE_SOURCE } from './machine.ts';
import { refused } from './refusal.ts';
import { zipOf } from './zip.ts';

const publishing = 'versions of the rehearsal are there when a deploy says so';

const publish = ({ clients, functionName }: Fixture, description?: string) =>
  clients.lambda.send(new PublishVersionCommand({ FunctionName: functionName, Description: description }));

/** What Sluice relies on where it looks at functions and their versions. */
export const functionFacts: readonly Fact[] = [
  {
    sentence: 'GetFunction without a qualifier brings the tags along.',
    source: { recorded: 'cloudformation/resources/test_lambda: test_lambda_function_tags, 2024-10-01' },
    check: async (aws) => {
      await aws.tag('sluice:facts', 'tagged');
      const { Tags } = await aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: aws.functionName }));
      equal(Tags?.['sluice:facts'], 'tagged');
    },
  },
  {
    sentence: 'GetFunction for somebody who may not list tags has TagsError, and no Tags.',
    source: { said: 'AWS Lambda API reference: GetFunction, TagsError' },
    check: async () => {},
    unchecked: {
      rehearsal: 'a test holds the calls of every handler against its role instead',
      emulator: 'whoever runs this may list tags',
      account: 'whoever runs this may list tags',
    },
  },
  {
    sentence: 'Calls on a version or an alias are judged by the tags of its function (aws:ResourceTag).',
    source: {
      said: 'Service Authorization Reference of Lambda: function, function version and function alias know the key, and tags are on functions alone; AWS, 2022-07-19: Lambda supports ABAC for APIs on these three',
    },
    check: async () => {},
    unchecked: {
      rehearsal: 'a test holds the calls of every handler against its role and the tags instead',
      emulator:
        'whoever runs this is root; by itself it judges so only what is called on the function itself, which .ci/e2e mends',
      account: 'whoever runs this is no role of a controller',
    },
  },
  {
    sentence:
      'A function that CloudFormation makes bears aws:cloudformation:stack-id, and calls on it are judged by that as well.',
    source: {
      said: 'CloudFormation guide, "Resource tag"; if it is not so, an alias outlives its RolloutAlias where the function stays, and serves on',
    },
    check: async () => {},
    unchecked: {
      rehearsal: 'it has no CloudFormation',
      emulator: 'the end-to-end suite deletes an alias by it',
      account: 'whoever runs this is no role of a controller',
    },
  },
  {
    sentence: 'GetFunction of a version has its State, its role, and DeadLetterConfig only where there is one.',
    source: { recorded: 'lambda_/test_lambda_api: test_publish_with_update, 2025-11' },
    check: async (aws) => {
      const { Configuration } = await aws.clients.lambda.send(
        new GetFunctionCommand({ FunctionName: aws.functionName, Qualifier: aws.versions.stable }),
      );
      const { State, DeadLetterConfig, Role, Version } = Configuration ?? {};
      deepEqual(
        { State, DeadLetterConfig, Version },
        { State: 'Active', DeadLetterConfig: undefined, Version: aws.versions.stable },
      );
      ok(Role?.startsWith('arn:aws'));
    },
  },
  {
    sentence: 'GetFunction of a version that does not exist: 404 ResourceNotFoundException.',
    source: { recorded: 'lambda_/test_lambda_api: test_notfound_and_invalid_routingconfigs, 2025-11' },
    check: async (aws) => {
      const call = new GetFunctionCommand({ FunctionName: aws.functionName, Qualifier: '4711' });
      await refused(aws.clients.lambda.send(call), 'ResourceNotFoundException', 404);
    },
  },
  {
    sentence: 'PublishVersion with nothing changed answers the last version, and drops the new description.',
    source: { recorded: 'lambda_/test_lambda_api: test_version_lifecycle, 2025-11' },
    check: async (aws) => {
      await aws.publish();
      const last = await publish(aws);
      const again = await publish(aws, 'another description');
      deepEqual([again.Version, again.Description], [last.Version, last.Description]);
    },
    unchecked: { rehearsal: publishing },
  },
  {
    sentence: 'A version that is published with an update of the code begins as Pending.',
    source: { recorded: 'lambda_/test_lambda_api: test_publish_with_update, 2025-11' },
    check: async (aws) => {
      const code = new TextEncoder().encode(`${PROBE_SOURCE} // ${Date.now()}`);
      const answer = await aws.clients.lambda.send(
        new UpdateFunctionCodeCommand({
          FunctionName: aws.functionName,
          ZipFile: zipOf('index.js', code),
          Publish: true,
        }),
      );
      deepEqual([answer.State, answer.LastUpdateStatus], ['Pending', undefined]);
      await aws.eventually('the version is active', async () => {
        const { Configuration } = await aws.clients.lambda.send(
          new GetFunctionCommand({ FunctionName: aws.functionName, Qualifier: answer.Version }),
        );
        return Configuration?.State === 'Active' ? true : undefined;
      });
    },
    unchecked: { rehearsal: publishing },
  },
  {
    sentence: 'No provisioned concurrency: 404 ProvisionedConcurrencyConfigNotFoundException.',
    source: { recorded: 'lambda_/test_lambda_api: test_lambda_provisioned_lifecycle, 2025-11' },
    check: async (aws) => {
      const call = new GetProvisionedConcurrencyConfigCommand({
        FunctionName: aws.functionName,
        Qualifier: aws.aliasName,
      });
      await refused(aws.clients.lambda.send(call), 'ProvisionedConcurrencyConfigNotFoundException', 404);
    },
  },
  {
    sentence: 'Provisioned concurrency of an alias that does not exist: 404 ResourceNotFoundException.',
    source: { recorded: 'lambda_/test_lambda_api: test_lambda_provisioned_lifecycle, 2025-11' },
    check: async (aws) => {
      const call = new GetProvisionedConcurrencyConfigCommand({
        FunctionName: aws.functionName,
        Qualifier: 'nobody',
      });
      await refused(aws.clients.lambda.send(call), 'ResourceNotFoundException', 404);
    },
  },
  {
    sentence: 'PublishVersion when the function is again what a version before the last one was.',
    source: { unknown: 'the deploy says which version it published, whatever its number' },
    check: async (aws) => {
      const first = await aws.publish({ description: 'once' });
      await aws.publish({ description: 'in between' });
      const again = await aws.publish({ description: 'once' });
      return again === first ? 'answers the older version' : 'publishes a new version';
    },
    unchecked: { rehearsal: publishing },
  },
];
