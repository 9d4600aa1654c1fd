import { randomBytes } from 'node:crypto';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { isNamed } from '../../aws/handler/errors.ts';
import { readVersions } from '../../aws/lambda/versions.ts';
import { executionArnOf } from '../../aws/states/executions.ts';
import { type StartInput, versionSchema } from '../../rollout/document/start.ts';
import { policySchema } from '../../rollout/policy/policy.ts';
import { type Account, callerOf } from '../account.ts';
import { controllerOption } from '../current.ts';
import { controllerOf, formatTarget, parseTarget, resolveTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { printResult } from '../terminal/print-result.ts';
import { Refused } from '../terminal/refused.ts';
import { follow } from './watch.ts';

/** `sluice start`: a pipeline's promotion. */
export const start: Command = {
  usage: `sluice start <${TARGET}> --version N|newest [--policy FILE] [--wait] [--json]`,
  summary:
    "Starts a rollout to a published version, by the policy of a file or the one that the stack has deployed. With --wait it is followed to its end, and the exit code is the rollout's.",
  example: 'sluice start checkout:live --version newest --wait',
  options: {
    version: 'a published version, or newest: the one with the highest number',
    policy: 'a policy file; without it, what the stack has deployed',
    name: "the execution's name, so that a repeated start is the same one (start-<version>-<random>)",
    wait: 'follows the rollout; exit code 0 where it was promoted, 1 where it was not',
    ...controllerOption,
    json: 'prints { "function", "alias", "version", "execution", "executionArn" }; with --wait the report',
  },
  values: ['version', 'policy', 'name', 'controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    parseTarget(text as string);
    const wanted = String(flags['version'] ?? '');
    if (wanted !== 'newest' && !versionSchema.safeParse(wanted).success) {
      throw new Refused(`--version: found ${wanted || 'nothing'}, expected a published version such as 42, or newest.`);
    }
    const name = flags['name'] === undefined ? undefined : String(flags['name']);
    if (name !== undefined && !/^[A-Za-z0-9-_]{1,80}$/.test(name)) {
      throw new Refused(`--name: found ${name}, expected 1 to 80 letters, digits, "-" or "_".`);
    }
    const policy = flags['policy'] === undefined ? undefined : readInput(String(flags['policy']), policySchema);
    const aws = await account();
    const target = await resolveTarget(aws, text as string);
    const stateMachineArn = controllerOf(target, flags['controller']);
    if (!policy && target.registration?.policy === undefined) {
      throw new Refused(`no policy is deployed for ${formatTarget(target)}.\n\n  expected: --policy with a file`);
    }
    const version = wanted === 'newest' ? await newest(aws, target.functionName) : wanted;
    const input: StartInput = {
      function: target.functionName,
      alias: target.aliasName,
      version,
      ...(policy ? { policy } : {}),
      startedBy: (await callerOf(aws)).slice(0, 256),
    };
    const execution = name ?? `start-${version}-${randomBytes(4).toString('hex')}`;
    const executionArn = await begin(aws, stateMachineArn, execution, input);
    const json = { function: target.functionName, alias: target.aliasName, version, execution, executionArn };
    const waits = Boolean(flags['wait']);
    const said = printResult(
      waits && flags['json'] ? { ...terminal, out: terminal.err } : terminal,
      flags['json'] && !waits ? flags : {},
      {
        json,
        what: `started the rollout of ${formatTarget(target)} to ${version}`,
        more: { rollout: execution },
        undo: `sluice rollback ${formatTarget(target)}`,
      },
    );
    return waits ? follow(aws, executionArn, target, terminal, Boolean(flags['json'])) : said;
  },
};

async function begin({ sfn }: Account, stateMachineArn: string, name: string, input: StartInput): Promise<string> {
  try {
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn ?? executionArnOf(stateMachineArn, name);
  } catch (error) {
    if (!isNamed(error, 'ExecutionAlreadyExists')) throw error;
    throw new Refused(
      `an execution ${name} with other input exists already; nothing was started.\n\n  expected: another --name`,
    );
  }
}

/** The published version with the highest number. */
async function newest({ lambda }: Account, functionName: string): Promise<string> {
  const newest = (await readVersions(lambda, functionName)).at(-1);
  if (!newest) throw new Refused(`${functionName} has no published version.`);
  return newest.version;
}
