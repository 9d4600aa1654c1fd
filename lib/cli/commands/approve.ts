import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { isNamed } from '../../aws/handler/errors.ts';
import { REJECTED } from '../../rollout/decisions/approval.ts';
import { callerOf } from '../account.ts';
import { controllerOption, currentRollout } from '../current.ts';
import { formatTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { printResult } from '../terminal/print-result.ts';
import { Refused } from '../terminal/refused.ts';
import { textFlag } from '../terminal/text-flag.ts';

const answering = (yes: boolean): Command => ({
  usage: `sluice ${yes ? 'approve' : 'reject'} <${TARGET}> [--comment TEXT] [--json]`,
  summary: yes
    ? 'Says yes to the step that a rollout waits for. Who you are and your comment are kept in its record.'
    : 'Says no to the step that a rollout waits for: the alias is put back. Who you are and your comment are kept in its record.',
  example: yes
    ? 'sluice approve checkout:live --comment "dashboards look fine"'
    : 'sluice reject checkout:live --comment "p99 doubled"',
  options: {
    comment: 'what the record should say',
    ...controllerOption,
    json: 'prints { "function", "alias", "execution", "did", "weight", "by", "comment" }',
  },
  values: ['comment', 'controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const comment = textFlag(flags, 'comment');
    const aws = await account();
    const { target, view } = await currentRollout(aws, text as string, flags);
    const { token, rollout, execution } = view;
    if (token === undefined) {
      throw new Refused(
        `the rollout of ${formatTarget(target)} does not wait for an approval; nothing was done.\n\n  it says: ${view.reason}`,
      );
    }
    const by = await callerOf(aws);
    const answer = { by, ...(comment === undefined ? {} : { comment }) };
    try {
      await (yes
        ? aws.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(answer) }))
        : aws.sfn.send(
            new SendTaskFailureCommand({ taskToken: token, error: REJECTED, cause: JSON.stringify(answer) }),
          ));
    } catch (error) {
      if (!isNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken')) throw error;
      throw new Refused(
        `the approval was answered or had run out in the same moment; nothing was done.\n\n  try: sluice status ${formatTarget(target)}`,
      );
    }
    const weight = rollout?.plan[rollout.step + 1]?.weight ?? 100;
    return printResult(terminal, flags, {
      json: {
        function: target.functionName,
        alias: target.aliasName,
        execution: execution.name,
        did: yes ? 'approved' : 'rejected',
        weight,
        by,
        comment: comment ?? null,
      },
      what: yes
        ? `approved ${weight} % of ${formatTarget(target)} for ${execution.candidate}; alarms, hold and the alias are looked at once more before it is given`
        : `rejected ${weight} % for ${execution.candidate}: ${formatTarget(target)} goes back to ${rollout?.stable || 'what it served'}`,
      more: { by, ...(comment === undefined ? {} : { comment }) },
      undo: yes
        ? `sluice rollback ${formatTarget(target)}`
        : `sluice start ${formatTarget(target)} --version ${execution.candidate}`,
    });
  },
});

/** `sluice approve`: a person's yes. */
export const approve: Command = answering(true);

/** `sluice reject`: a person's no. */
export const reject: Command = answering(false);
