import {
  type AliasRolledBack,
  type MemberRolledBack,
  type NothingRolledBack,
  type RolloutStopped,
  rollback as rollBack,
} from '../../operations/rollback.ts';
import { candidatesOf, parseTarget, startAgain, TARGET, targetOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { type CommandResult, printResult } from '../terminal/print-result.ts';
import { trafficInWords } from '../terminal/traffic-text.ts';

/** `sluice rollback`: the alias as it was before, with the caller's own credentials and without the controller. */
export const rollback: Command = {
  usage: `sluice rollback <${TARGET}> [--to VERSION] [--reason TEXT] [--json]`,
  summary:
    'Rolls an alias back at once: ends the rollout that is under way, or undoes the last promotion. Writes the alias itself, so it works without the controller.',
  example: 'sluice rollback checkout:live --reason "orders are missing"',
  options: {
    to: 'the version to go back to; without it, the version that the alias served before',
    reason: 'why, 1 to 200 characters; the description of the alias shows it',
    json: 'prints { "function", "alias", "action", "from", "to", "now", "reason", "notServing" }',
  },
  values: ['to', 'reason'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const result = await rollBack(
      {
        ...parseTarget(text as string),
        ...(flags['to'] === undefined ? {} : { to: String(flags['to']) }),
        reason: String(flags['reason'] ?? 'asked for on the command line'),
      },
      await account(),
    );
    for (const warning of result.warnings) terminal.err.write(`sluice: ${warning}; the rollback went on\n`);
    return printResult(terminal, flags, shown(result));
  },
};

function shown(result: AliasRolledBack | RolloutStopped | NothingRolledBack): CommandResult {
  switch (result.action) {
    case 'rolledBack':
      return rolledBack(result);
    case 'stopped':
      return stopped(result);
    case 'nothing': {
      const { warnings: _warnings, ...json } = result;
      return {
        json: { ...json, from: null, to: null, notServing: null },
        what: [
          `nothing to do for ${targetOf(result)}: ${result.reason}`,
          ...(result.members ?? []).map(servesAlone),
        ].join('; '),
      };
    }
  }
}

function rolledBack(result: AliasRolledBack): CommandResult {
  const { warnings: _warnings, execution, endsNow, ...json } = result;
  const { from, to, reason, members = [] } = json;
  const target = targetOf(result);
  const all = [result, ...members];
  return {
    json,
    what:
      members.length === 0
        ? `${target} serves ${to} alone; ${from} gets no traffic any more`
        : all.map(servesAlone).join('; '),
    more: {
      reason,
      ...(json.notServing === null ? {} : { beware: json.notServing }),
      ...(execution === null ? {} : { rollout: `${execution}${endsNow ? ' ends now' : ' ends at its next look'}` }),
    },
    undo:
      result.group === undefined
        ? `sluice start ${target} --version ${from}`
        : `sluice start ${target} --version ${all.map((each) => `${each.function}=${each.from}`).join(',')}`,
  };
}

const servesAlone = (member: MemberRolledBack): string =>
  `${targetOf({ function: member.function, alias: member.alias })} serves ${member.to} alone, and ${member.from} no more`;

function stopped(result: RolloutStopped): CommandResult {
  const { warnings: _warnings, candidate, ...json } = result;
  const { members } = json;
  const target = targetOf(result);
  const alias = targetOf({ ...result, group: null });
  const all = members?.map((member) => ({ ...member, candidate: member.version }));
  const { members: _members, ...alone } = result;
  const rollout = all ? { ...alone, members: all } : alone;
  return {
    json: { ...json, from: null, to: null, notServing: null },
    what: `stopped the rollout of ${target} to ${candidatesOf(rollout)}, which had moved no traffic yet; ${members ? alias : 'the alias'} serves ${trafficInWords(json.now)} as before`,
    more: { next: `run sluice rollback ${target} again to go back to the version before` },
    undo: startAgain(rollout),
  };
}
