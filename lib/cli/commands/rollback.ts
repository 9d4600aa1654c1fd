import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { rollbackAlias, runningRollout } from '../../aws/lambda/rollback-alias.ts';
import { readRegistration } from '../../aws/stack/registrations.ts';
import { executionArnOf } from '../../aws/states/executions.ts';
import { endApproval } from '../../aws/states/history.ts';
import { carriesWeights, inPercent, routingInWords } from '../../rollout/alias/alias.ts';
import { versionSchema } from '../../rollout/document/start.ts';
import { type Account, callerOf } from '../account.ts';
import { formatTarget, parseTarget, resolveTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { printResult } from '../terminal/print-result.ts';
import { Refused } from '../terminal/refused.ts';
import { textFlag } from '../terminal/text-flag.ts';

/** `sluice rollback`: the alias as it was before, with the caller's own credentials and without the controller. */
export const rollback: Command = {
  usage: `sluice rollback <${TARGET}> [--to VERSION] [--reason TEXT] [--json]`,
  summary:
    'Puts an alias back at once: ends the rollout that is under way, or undoes the last promotion. Writes the alias itself, so it works with the controller gone.',
  example: 'sluice rollback checkout:live --reason "orders are missing"',
  options: {
    to: 'a version to go back to; without it, what the alias served before',
    reason: 'why; it is shown in the description of the alias',
    json: 'prints { "function", "alias", "did", "from", "to", "now", "reason" }',
  },
  values: ['to', 'reason'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const named = parseTarget(text as string);
    const version = flags['to'] === undefined ? undefined : String(flags['to']);
    if (version !== undefined && !versionSchema.safeParse(version).success) {
      throw new Refused(`--to: found ${version}, expected a published version such as 41.`);
    }
    const reason = textFlag(flags, 'reason') ?? 'asked for on the command line';
    const aws = await account();
    const { functionName, aliasName } =
      named.aliasName === undefined
        ? await resolveTarget(aws, text as string)
        : { ...named, aliasName: named.aliasName };
    const target = { functionName, aliasName };
    const caller = await callerOf(aws);
    const done = await rollbackAlias(aws.lambda, target, { version, reason, by: caller.split(':').at(-1) }, async () =>
      underWay(aws, target, terminal.err),
    );
    const told = { function: functionName, alias: aliasName, reason };
    if (done.kind === 'refused') {
      throw new Refused(
        `${formatTarget(target)}: ${done.why}.\n\n  for example: sluice rollback ${formatTarget(target)} --to 41`,
      );
    }
    if (done.kind === 'notStarted') {
      const { rollout } = done;
      await aws.sfn.send(
        new StopExecutionCommand({
          executionArn: rollout.arn,
          error: 'RolledBackByHand',
          cause: `${reason} (${caller})`,
        }),
      );
      return printResult(terminal, flags, {
        json: {
          ...told,
          did: 'stopped',
          execution: rollout.name,
          from: null,
          to: null,
          now: inPercent(done.alias),
        },
        what: `stopped the rollout of ${formatTarget(target)} to ${rollout.candidate}, which had moved no traffic yet; the alias serves ${routingInWords(done.alias)} as before`,
        more: { next: `sluice rollback ${formatTarget(target)} again goes back to what it served before` },
        undo: `sluice start ${formatTarget(target)} --version ${rollout.candidate}`,
      });
    }
    if (done.kind !== 'written') {
      return printResult(terminal, flags, {
        json: {
          ...told,
          did: 'nothing',
          from: null,
          to: null,
          now: done.alias && inPercent(done.alias),
          reason: done.why,
        },
        what: `nothing to do for ${formatTarget(target)}: ${done.why}`,
      });
    }
    const { alias, from, to, execution } = done;
    if (carriesWeights(alias))
      throw new Error(`the alias carries weights after it was put back: ${routingInWords(alias)}`);
    const ended = execution ? await endWaiting(aws, target, execution, reason) : false;
    return printResult(terminal, flags, {
      json: { ...told, did: 'rolledBack', from, to, now: inPercent(alias) },
      what: `${formatTarget(target)} serves ${to} alone; ${from} gets no traffic any more`,
      more: {
        reason,
        ...(execution ? { rollout: `${execution}${ended ? ' ends now' : ' ends at its next look'}` } : {}),
      },
      undo: `sluice start ${formatTarget(target)} --version ${from}`,
    });
  },
};

type Alias = { readonly functionName: string; readonly aliasName: string };

/** A rollout that has not begun; not knowing of one, because the controller is out of reach, must not stop a rollback. */
async function underWay(aws: Account, target: Alias, err: NodeJS.WriteStream) {
  try {
    const registration = await readRegistration(aws.ssm, target);
    return registration && (await runningRollout(aws.sfn, registration.stateMachineArn, target));
  } catch (error) {
    err.write(`sluice: whether a rollout is about to begin cannot be read (${(error as Error).name}); going on\n`);
    return undefined;
  }
}

/** Ends the wait for an approval, so that the execution does not outlive its rollout; it would find out by itself. */
async function endWaiting(aws: Account, target: Alias, execution: string, reason: string): Promise<boolean> {
  try {
    const registration = await readRegistration(aws.ssm, target);
    if (!registration) return false;
    return await endApproval(aws.sfn, executionArnOf(registration.stateMachineArn, execution), reason);
  } catch {
    return false;
  }
}
