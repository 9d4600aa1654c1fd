import { moveAlias } from '../../aws/lambda/alias.ts';
import { inPercent } from '../../rollout/alias/alias.ts';
import { type AdvanceDecision, advanceOf } from '../../rollout/decisions/advance.ts';
import { weightOf } from '../../rollout/document/rollout.ts';
import { callerOf } from '../account.ts';
import { controllerOption, currentRollout } from '../current.ts';
import { formatTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { printResult } from '../terminal/print-result.ts';
import { Refused } from '../terminal/refused.ts';

/** `sluice advance`: the next weight now. */
export const advance: Command = {
  usage: `sluice advance <${TARGET}> [--json]`,
  summary: 'Skips the rest of the bake: gives the candidate its next weight now, or promotes it after the last one.',
  example: 'sluice advance checkout:live',
  options: { ...controllerOption, json: 'prints { "function", "alias", "execution", "from", "to", "now" }' },
  values: ['controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const aws = await account();
    const { target, view } = await currentRollout(aws, text as string, flags);
    const { rollout, execution } = view;
    const may = (allowed: boolean, why: string) => {
      if (!allowed) throw new Refused(`${formatTarget(target)} cannot be advanced now: ${why}; nothing was done.`);
    };
    may(view.token === undefined, `it waits for an approval, so use sluice approve or sluice reject`);
    if (!rollout)
      throw new Refused(
        `${formatTarget(target)} cannot be advanced now: its rollout has only begun; nothing was done.`,
      );
    const by = (await callerOf(aws)).split(':').at(-1) as string;
    let decision: AdvanceDecision | undefined;
    let wrote: (AdvanceDecision & { kind: 'write' }) | undefined;
    const moved = await moveAlias(aws.lambda, target, (alias) => {
      decision = advanceOf(rollout, alias, by);
      if (decision.kind === 'refuse') return { kind: 'foreign' };
      wrote = decision;
      return { kind: 'write', to: decision.to, description: decision.description };
    });
    may(
      moved.kind === 'done' && wrote !== undefined,
      decision?.kind === 'refuse' ? decision.why : 'it was changed meanwhile',
    );
    const { weight, promotes } = wrote as AdvanceDecision & { kind: 'write' };
    return printResult(terminal, flags, {
      json: {
        function: target.functionName,
        alias: target.aliasName,
        execution: execution.name,
        from: weightOf(rollout),
        to: weight,
        now: moved.alias && inPercent(moved.alias),
      },
      what: promotes
        ? `${formatTarget(target)} serves ${rollout.candidate} alone: promoted before it had settled`
        : `${formatTarget(target)} gives ${rollout.candidate} ${weight} % now, after ${weightOf(rollout)} %; the rollout goes on from there at its next look`,
      undo: `sluice rollback ${formatTarget(target)}`,
    });
  },
};
