import { start as startRollout } from '../../operations/start.ts';
import { watchExecution } from '../../operations/watch.ts';
import { policySchema } from '../../rollout/policy/policy.ts';
import { controllerOption, rolloutRequest, TARGET, targetOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { printResult } from '../terminal/print-result.ts';
import { follow } from './watch.ts';

/** `sluice start`: a pipeline's promotion. */
export const start: Command = {
  usage: `sluice start <${TARGET}> --version N|newest [--policy FILE] [--wait] [--json]`,
  summary:
    "Starts a rollout to a published version, by the policy of a file or the one that the stack has deployed. If the alias is being shifted to that version already, it joins that rollout. With --wait it follows the rollout to its end, and the exit code is the rollout's.",
  example: 'sluice start checkout:live --version newest --wait',
  options: {
    version:
      'a published version, or newest: the one with the highest number; of a group newest, or as prices=8,checkout=42',
    policy: 'a policy file; without it, the policy that the stack has deployed',
    name: 'the name of the execution (start-<version>-<random>); a start that is repeated under the same name while the rollout runs is the same one',
    wait: 'follows the rollout; exit code 0 if it was promoted, 1 if it was not',
    ...controllerOption,
    json: 'prints { "function", "alias", "version", "execution", "executionArn", "joined" }; with --wait the report',
  },
  values: ['version', 'policy', 'name', 'controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const alias = rolloutRequest(text as string, flags);
    const policy = flags['policy'] === undefined ? undefined : readInput(String(flags['policy']), policySchema);
    const aws = await account();
    const result = await startRollout(
      {
        ...alias,
        version: flags['version'] as string,
        ...(policy ? { policy } : {}),
        ...(flags['name'] === undefined ? {} : { name: String(flags['name']) }),
      },
      aws,
    );
    const { warnings = [], ...json } = result;
    for (const warning of warnings) terminal.err.write(`sluice: ${warning}\n`);
    const target = targetOf(result);
    const to =
      result.members?.map((member) => `${member.function}:${member.alias} ${member.version}`).join(', ') ??
      result.version;
    const waits = Boolean(flags['wait']);
    // With --wait the one document is the report, so the start goes to standard error.
    const shown = waits && flags['json'] ? { ...terminal, out: terminal.err } : terminal;
    const code = printResult(
      shown,
      { json: waits ? false : flags['json'] },
      {
        json,
        what: result.joined
          ? `the rollout of ${target} to ${to} is under way already; joined it`
          : `started the rollout of ${target} to ${to}`,
        more: { rollout: result.execution },
        undo: `sluice rollback ${target}`,
      },
    );
    return waits ? follow(watchExecution(result.executionArn, aws), terminal, Boolean(flags['json'])) : code;
  },
};
