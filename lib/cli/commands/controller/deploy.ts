import { ensureBucket, putFile } from '../../../aws/controller/functions-bucket.ts';
import { deployStack, readStack, StackFailed } from '../../../aws/controller/stack.ts';
import { exportName, STANDALONE, standaloneParameters } from '../../../rollout/contracts/standalone.ts';
import type { Account } from '../../account.ts';
import { controllerFiles } from '../../controller-files.ts';
import { controllerNameIn } from '../../controller-name.ts';
import { type Command, EXIT_FAILED } from '../../terminal/command.ts';
import { CommandRefused } from '../../terminal/command-refused.ts';
import { printResult } from '../../terminal/print-result.ts';

const PATTERN = /^[A-Za-z0-9*?-]{1,128}$/;

/** `sluice controller deploy`: a controller for functions that any tool deploys. */
export const controllerDeploy: Command = {
  usage: 'sluice controller deploy [--name sluice] [--bucket NAME] [--stacks PATTERN] [--json]',
  summary:
    'Deploys a controller for functions that any tool deploys, or updates it to this release. One serves the whole account and region: every function with the tag sluice:managed and the name of the controller as its value. The code of its functions goes into a bucket.',
  example: 'sluice controller deploy',
  options: {
    name: 'the name of the controller and its stack (sluice)',
    bucket: 'a bucket of the region for the code (sluice-<account>-<region>, made if there is none)',
    stacks:
      'the stacks whose commits rollouts may wait for, as a name or a pattern; an update without it keeps the one before (*)',
    json: 'prints { "controller", "change", "serviceToken", "stateMachineArn", "bucket" }',
  },
  values: ['name', 'bucket', 'stacks'],
  operands: [],
  async run({ flags }, terminal, account) {
    const name = controllerNameIn(flags['name'] ?? 'sluice');
    const aws = await account();
    const before = await readStack(aws.cloudformation, name);
    if (before && before.Description !== STANDALONE) {
      throw new CommandRefused(
        `stack ${name} exists, and it is no controller; nothing was done.\n\n  expected: --name with the name of a controller, or of no stack`,
      );
    }
    const stacks = flags['stacks'] ?? parameterOf(before, standaloneParameters.stacks) ?? '*';
    if (!PATTERN.test(String(stacks))) {
      throw new CommandRefused(
        `--stacks: found ${stacks}, expected the name of a stack, or a pattern of names with * and ?.`,
      );
    }
    const bucket = await uploaded(aws, flags['bucket'] ?? parameterOf(before, standaloneParameters.bucket));
    const { template, hash } = bucket.files;
    try {
      const change = await deployStack(
        aws.cloudformation,
        {
          name,
          template,
          parameters: {
            [standaloneParameters.bucket]: bucket.name,
            [standaloneParameters.prefix]: prefixOf(hash),
            [standaloneParameters.stacks]: String(stacks),
          },
        },
        aws.pause,
      );
      const after = await readStack(aws.cloudformation, name);
      const outputOf = (key: string) => after?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue ?? '';
      const serviceToken = outputOf('ServiceToken');
      return printResult(terminal, flags, {
        json: {
          controller: name,
          change,
          serviceToken,
          stateMachineArn: outputOf('StateMachineArn'),
          bucket: bucket.name,
        },
        what: `${{ made: 'deployed', updated: 'updated', unchanged: 'nothing changed in' }[change]} controller ${name}`,
        more: {
          tag: `sluice:managed = ${name}, on each function that it may shift`,
          token: `!ImportValue ${exportName(name, 'ServiceToken')}`,
        },
        undo: `sluice controller remove ${name}`,
      });
    } catch (error) {
      if (!(error instanceof StackFailed)) throw error;
      terminal.err.write(`sluice: ${error.message}\n`);
      return EXIT_FAILED;
    }
  },
};

const prefixOf = (hash: string): string => `sluice/${hash}/`;

const parameterOf = (stack: Awaited<ReturnType<typeof readStack>>, name: string): string | undefined =>
  stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue;

/** Puts the code of the functions into the bucket. */
async function uploaded({ s3, caller }: Account, given: string | boolean | undefined) {
  const files = controllerFiles();
  const region = await s3.config.region();
  const account = /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(await caller())?.[1];
  if (account === undefined) {
    throw new CommandRefused(
      'the account cannot be told, because STS does not name the caller.\n\n  expected: credentials that may call sts:GetCallerIdentity',
    );
  }
  const own = { bucket: String(given ?? `sluice-${account}-${region}`), account };
  await ensureBucket(s3, own, region);
  for (const [name, bytes] of Object.entries(files.functions)) {
    await putFile(s3, own, `${prefixOf(files.hash)}${name}`, bytes);
  }
  return { name: own.bucket, files };
}
