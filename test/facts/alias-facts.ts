import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import {
  AddPermissionCommand,
  type AliasRoutingConfiguration,
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  type GetAliasCommandOutput,
  UpdateAliasCommand,
  type UpdateAliasCommandInput,
} from '@aws-sdk/client-lambda';
import { sameRouting } from '../../lib/rollout/alias/alias.ts';
import type { Fact, Fixture } from './fact.ts';
import { outcomeOf, refused } from './refusal.ts';

const nameOf = ({ functionName, aliasName }: Fixture) => ({ FunctionName: functionName, Name: aliasName });

const read = (aws: Fixture): Promise<GetAliasCommandOutput> =>
  aws.clients.lambda.send(new GetAliasCommand(nameOf(aws)));

const update = (aws: Fixture, change: Omit<UpdateAliasCommandInput, 'FunctionName' | 'Name'>) =>
  aws.clients.lambda.send(new UpdateAliasCommand({ ...nameOf(aws), ...change }));

const weights = (additional: Record<string, number>): { RoutingConfig: AliasRoutingConfiguration } => ({
  RoutingConfig: { AdditionalVersionWeights: additional },
});

const remove = (aws: Fixture) => aws.clients.lambda.send(new DeleteAliasCommand(nameOf(aws)));

const create = (aws: Fixture, more: { FunctionVersion?: string; RoutingConfig?: AliasRoutingConfiguration } = {}) =>
  aws.clients.lambda.send(new CreateAliasCommand({ ...nameOf(aws), FunctionVersion: aws.versions.stable, ...more }));

/** Both calls that may put weights on an alias refuse them alike. */
async function refusedOnBoth(
  aws: Fixture,
  routing: { FunctionVersion?: string; RoutingConfig?: AliasRoutingConfiguration },
  name: string,
  code: number,
): Promise<void> {
  await refused(update(aws, routing), name, code);
  await remove(aws);
  await refused(create(aws, routing), name, code);
}

const createOnly = '(recorded on CreateAlias alone)';
const lifecycle = { recorded: 'lambda_/test_lambda_api: test_alias_lifecycle, 2025-11' };
const invalidRouting = {
  recorded: `lambda_/test_lambda_api: test_notfound_and_invalid_routingconfigs, 2025-11 ${createOnly}`,
};

/** What Sluice relies on where it reads and writes aliases. */
export const aliasFacts: readonly Fact[] = [
  {
    sentence: 'UpdateAlias gives a new RevisionId, also where it changes nothing.',
    source: lifecycle,
    check: async (aws) => {
      const before = await read(aws);
      const written = await update(aws, { FunctionVersion: aws.versions.stable });
      notEqual(written.RevisionId, before.RevisionId);
      const again = await update(aws, { FunctionVersion: aws.versions.stable });
      notEqual(again.RevisionId, written.RevisionId);
      equal((await read(aws)).RevisionId, again.RevisionId);
    },
  },
  {
    sentence: 'UpdateAlias with a RevisionId that is not the latest: 412 PreconditionFailedException, nothing written.',
    source: { recorded: 'lambda_/test_lambda_api: test_function_revisions_version_and_alias, 2025-11' },
    check: async (aws) => {
      const { RevisionId } = await read(aws);
      const change = { ...weights({ [aws.versions.candidate]: 0.1 }), RevisionId };
      const written = await update(aws, change);
      await refused(update(aws, { ...weights({}), RevisionId }), 'PreconditionFailedException', 412);
      // The same write again, as the SDK repeats one whose answer was lost, meets its own revision.
      await refused(update(aws, change), 'PreconditionFailedException', 412);
      equal((await read(aws)).RevisionId, written.RevisionId);
    },
  },
  {
    sentence: 'Clearing the weights keeps FunctionVersion and Description.',
    source: lifecycle,
    check: async (aws) => {
      await update(aws, { ...weights({ [aws.versions.candidate]: 0.1 }), Description: 'in words' });
      await update(aws, weights({}));
      const { FunctionVersion, Description, RoutingConfig } = await read(aws);
      deepEqual({ FunctionVersion, Description }, { FunctionVersion: aws.versions.stable, Description: 'in words' });
      equal(RoutingConfig, undefined);
    },
  },
  {
    sentence: 'Without weights the answers of CreateAlias, GetAlias and UpdateAlias have no key RoutingConfig.',
    source: lifecycle,
    check: async (aws) => {
      await remove(aws);
      for (const answer of [await create(aws, weights({})), await update(aws, weights({})), await read(aws)]) {
        equal('RoutingConfig' in answer && answer.RoutingConfig !== undefined, false);
      }
    },
  },
  {
    sentence: 'One UpdateAlias may make the weighted version FunctionVersion and clear the weights: a promotion.',
    source: { said: 'AWS Lambda guide, "Traffic shifting using aliases", which ends with this one call' },
    check: async (aws) => {
      const { candidate } = aws.versions;
      await update(aws, weights({ [candidate]: 0.5 }));
      await update(aws, { FunctionVersion: candidate, ...weights({}) });
      const { FunctionVersion, RoutingConfig } = await read(aws);
      deepEqual({ FunctionVersion, RoutingConfig }, { FunctionVersion: candidate, RoutingConfig: undefined });
    },
  },
  {
    sentence: 'Every whole percent comes back as the weight that was written.',
    source: { said: 'AWS Lambda API reference: a weight is a double; turbot/steampipe-plugin-aws#2657: 0.01 was seen' },
    check: async (aws) => {
      const { stable, candidate } = aws.versions;
      for (const percent of [1, 7, 29, 57, 58, 99]) {
        await update(aws, weights({ [candidate]: percent / 100 }));
        const { RoutingConfig } = await read(aws);
        const found = RoutingConfig?.AdditionalVersionWeights ?? {};
        const wanted = { functionVersion: stable, additionalVersionWeights: { [candidate]: percent / 100 } };
        ok(
          sameRouting({ functionVersion: stable, additionalVersionWeights: found }, wanted),
          `${percent} % came back as ${JSON.stringify(found)}`,
        );
      }
    },
  },
  {
    sentence: 'Two additional versions: 400 InvalidParameterValueException.',
    source: invalidRouting,
    check: async (aws) => {
      const third = await aws.publish();
      const two = weights({ [aws.versions.candidate]: 0.1, [third]: 0.1 });
      await refusedOnBoth(aws, two, 'InvalidParameterValueException', 400);
    },
  },
  {
    sentence: 'FunctionVersion as additional version: 400 InvalidParameterValueException.',
    source: invalidRouting,
    check: (aws) => refusedOnBoth(aws, weights({ [aws.versions.stable]: 0.1 }), 'InvalidParameterValueException', 400),
  },
  {
    sentence: 'A weight below 0 or above 1: 400 ValidationException.',
    source: invalidRouting,
    check: async (aws) => {
      for (const weight of [2, -1]) {
        await refused(update(aws, weights({ [aws.versions.candidate]: weight })), 'ValidationException', 400);
      }
      await refusedOnBoth(aws, weights({ [aws.versions.candidate]: 2 }), 'ValidationException', 400);
    },
  },
  {
    sentence: 'A version that does not exist, as target or with a weight: 404 ResourceNotFoundException.',
    source: invalidRouting,
    check: async (aws) => {
      await refused(update(aws, { FunctionVersion: '4711' }), 'ResourceNotFoundException', 404);
      await refusedOnBoth(aws, weights({ '4711': 0.1 }), 'ResourceNotFoundException', 404);
    },
  },
  {
    sentence: 'Versions with different execution roles cannot share an alias: 400 InvalidParameterValueException.',
    source: { said: 'serverless-aws-alias#64, 2018' },
    check: async (aws) => {
      const other = await aws.publish({ anotherRole: true });
      await refusedOnBoth(aws, weights({ [other]: 0.1 }), 'InvalidParameterValueException', 400);
    },
  },
  {
    sentence: 'GetAlias and UpdateAlias of an alias or a function that does not exist: 404 ResourceNotFoundException.',
    source: {
      recorded:
        'lambda_/test_lambda_api: test_notfound_and_invalid_routingconfigs, test_non_existent_alias_update, 2025-11',
    },
    check: async (aws) => {
      await remove(aws);
      await refused(read(aws), 'ResourceNotFoundException', 404);
      await refused(update(aws, { Description: 'nobody' }), 'ResourceNotFoundException', 404);
      const elsewhere = new GetAliasCommand({ FunctionName: 'sluice-facts-nobody', Name: aws.aliasName });
      await refused(aws.clients.lambda.send(elsewhere), 'ResourceNotFoundException', 404);
    },
  },
  {
    sentence: 'CreateAlias of one that exists: 409 ResourceConflictException, same content or not.',
    source: { recorded: 'lambda_/test_lambda_api: test_notfound_and_invalid_routingconfigs, 2025-11' },
    check: async (aws) => {
      await refused(create(aws), 'ResourceConflictException', 409);
      const other = create(aws, { FunctionVersion: aws.versions.candidate });
      await refused(other, 'ResourceConflictException', 409);
      equal((await read(aws)).FunctionVersion, aws.versions.stable);
    },
  },
  {
    sentence: 'DeleteAlias of an alias that does not exist succeeds.',
    source: { recorded: 'lambda_/test_lambda_api: test_non_existent_alias_deletion, 2025-11' },
    check: async (aws) => {
      await remove(aws);
      await remove(aws);
    },
  },
  {
    sentence: 'A description has at most 256 characters; a longer one is a 400 and writes nothing.',
    source: { said: 'AWS Lambda API reference: UpdateAlias, Description' },
    check: async (aws) => {
      await update(aws, { Description: 'x'.repeat(256) });
      await refused(update(aws, { Description: 'y'.repeat(257) }), 'ValidationException', 400);
      equal((await read(aws)).Description, 'x'.repeat(256));
    },
    differs: { emulator: 'it takes a description of any length' },
  },
  {
    sentence: 'After UpdateAlias an invocation may reach the old version for some seconds.',
    source: { recorded: 'lambda_/test_lambda: test_lambda_alias_moving, 2025-11' },
    check: async () => {},
    unchecked: {
      rehearsal: 'its traffic follows the alias within the second',
      emulator: 'it shows now and then, which no single look can refute',
      account: 'it shows now and then, which no single look can refute',
    },
  },
  {
    sentence: 'UpdateAlias without RoutingConfig, on an alias with weights.',
    source: { unknown: 'Sluice sends RoutingConfig with every write' },
    check: async (aws) => {
      await update(aws, weights({ [aws.versions.candidate]: 0.1 }));
      const { RoutingConfig } = await update(aws, { Description: 'x' });
      return RoutingConfig ? 'keeps the weights' : 'clears the weights';
    },
  },
  {
    sentence: 'UpdateAlias that makes the weighted version FunctionVersion, without clearing its weight.',
    source: { unknown: 'Sluice clears the weights in the same write' },
    check: async (aws) => {
      await update(aws, weights({ [aws.versions.candidate]: 0.1 }));
      return outcomeOf(update(aws, { FunctionVersion: aws.versions.candidate }));
    },
  },
  {
    sentence: 'A weight finer than one percent.',
    source: { unknown: 'the weights of a policy are whole percents' },
    check: async (aws) => {
      await update(aws, weights({ [aws.versions.candidate]: 0.0001 }));
      return `0.0001 comes back as ${(await read(aws)).RoutingConfig?.AdditionalVersionWeights?.[aws.versions.candidate]}`;
    },
  },
  {
    sentence: 'The RevisionId of an alias when a permission is added to it.',
    source: { unknown: 'after a 412 the alias is read again, and its content decides' },
    check: async (aws) => {
      const { RevisionId } = await read(aws);
      const permission = {
        FunctionName: aws.functionName,
        Qualifier: aws.aliasName,
        StatementId: 'facts',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
      };
      await aws.clients.lambda.send(new AddPermissionCommand(permission));
      return (await read(aws)).RevisionId === RevisionId ? 'stays' : 'changes';
    },
    unchecked: { rehearsal: 'it has no policies of functions' },
  },
  {
    sentence: 'The RevisionId of an alias when its function is tagged.',
    source: { unknown: 'after a 412 the alias is read again, and its content decides' },
    check: async (aws) => {
      const { RevisionId } = await read(aws);
      await aws.tag('sluice:facts', 'tagged');
      return (await read(aws)).RevisionId === RevisionId ? 'stays' : 'changes';
    },
  },
  {
    sentence: 'Deleting a version that an alias names only with a weight.',
    source: { unknown: 'Sluice deletes no version, and keeps those of a stack on update and delete' },
    check: async (aws) => {
      const third = await aws.publish();
      await update(aws, weights({ [third]: 0.1 }));
      const deletion = new DeleteFunctionCommand({ FunctionName: aws.functionName, Qualifier: third });
      return outcomeOf(aws.clients.lambda.send(deletion));
    },
    unchecked: { rehearsal: 'nothing in it deletes a version' },
  },
];
