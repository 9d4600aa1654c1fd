import { advance as advanceRollout } from '../../operations/advance.ts';
import { candidatesOf, controllerOption, rolloutRequest, TARGET, targetOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { printResult } from '../terminal/print-result.ts';

/** `sluice advance`: the next weight now. */
export const advance: Command = {
  usage: `sluice advance <${TARGET}> [--json]`,
  summary: 'Skips the rest of the bake: gives the candidate its next weight now, or promotes it after the last weight.',
  example: 'sluice advance checkout:live',
  options: { ...controllerOption, json: 'prints { "function", "alias", "execution", "from", "to", "now" }' },
  values: ['controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const result = await advanceRollout(rolloutRequest(text as string, flags), await account());
    const { candidate: _candidate, promoted, ...json } = result;
    const target = targetOf(result);
    return printResult(terminal, flags, {
      json,
      what: promoted
        ? `${target} serves ${candidatesOf(result)} alone: promoted before it had settled`
        : `${target} gives ${candidatesOf(result)} ${json.to} % now, after ${json.from} %; the rollout goes on from there at its next look`,
      undo: `sluice rollback ${target}`,
    });
  },
};
