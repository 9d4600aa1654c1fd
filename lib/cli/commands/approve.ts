import { type ApprovalResult, approve as approveRollout, reject as rejectRollout } from '../../operations/approve.ts';
import { candidatesOf, controllerOption, rolloutRequest, startAgain, TARGET, targetOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { type CommandResult, printResult } from '../terminal/print-result.ts';

/** The flags and operands of both answers. */
const answer = {
  options: {
    comment: 'what the record should say, 1 to 200 characters',
    ...controllerOption,
    json: 'prints { "function", "alias", "execution", "action", "weight", "by", "comment" }',
  },
  values: ['comment', 'controller'],
  operands: [TARGET],
} as const;

/** `sluice approve`: a person's yes. */
export const approve: Command = {
  ...answer,
  usage: `sluice approve <${TARGET}> [--comment TEXT] [--json]`,
  summary: 'Approves the step that a rollout waits for. Its record keeps who approved it, and the comment.',
  example: 'sluice approve checkout:live --comment "dashboards look fine"',
  async run(given, terminal, account) {
    const result = await approveRollout(requestOf(given), await account());
    const { weight } = result;
    const target = targetOf(result);
    return printResult(terminal, given.flags, {
      ...answered(result),
      what: `approved ${weight} % of ${target} for ${candidatesOf(result)}; the rollout checks alarms, hold and alias once more before it gives the weight`,
      undo: `sluice rollback ${target}`,
    });
  },
};

/** `sluice reject`: a person's no. */
export const reject: Command = {
  ...answer,
  usage: `sluice reject <${TARGET}> [--comment TEXT] [--json]`,
  summary:
    'Rejects the step that a rollout waits for: the rollout reverts. Its record keeps who rejected it, and the comment.',
  example: 'sluice reject checkout:live --comment "p99 doubled"',
  async run(given, terminal, account) {
    const result = await rejectRollout(requestOf(given), await account());
    const { weight, stable, members } = result;
    const target = targetOf(result);
    return printResult(terminal, given.flags, {
      ...answered(result),
      what: `rejected ${weight} % for ${candidatesOf(result)}: ${target} goes back to ${(members ? null : stable) ?? `the version${members ? 's' : ''} before`}`,
      undo: startAgain(result),
    });
  },
};

const requestOf = ({ operands: [text], flags }: Parameters<Command['run']>[0]) => ({
  ...rolloutRequest(text as string, flags),
  ...(flags['comment'] === undefined ? {} : { comment: String(flags['comment']) }),
});

function answered({
  stable: _stable,
  candidate: _candidate,
  executionArn,
  ...json
}: ApprovalResult): Pick<CommandResult, 'json' | 'more'> {
  const { by, comment } = json;
  return { json, more: { by, ...(comment === null ? {} : { comment }), execution: executionArn } };
}
