import type { RolloutActivity } from '../../operations/rollout-record.ts';
import { type MemberStatus, type RolloutStatus, status as statusOf, statusOfAll } from '../../operations/status.ts';
import { controllerOption, rolloutRequest, TARGET, targetOf, versionsOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import { showingProgress } from '../terminal/progress-bar.ts';
import { rolloutJson } from '../terminal/rollout-json.ts';
import { bar, duration, jsonText, paint, secondsBetween, type Terminal, wrap } from '../terminal/terminal.ts';
import { trafficInWords } from '../terminal/traffic-text.ts';

/** `sluice status`: the rollouts that are under way. */
export const status: Command = {
  usage: `sluice status [${TARGET}] [--json]`,
  summary:
    'Shows where a rollout stands and what it waits for. Without an operand, every rollout that is under way in this account and region.',
  example: 'sluice status checkout',
  options: {
    ...controllerOption,
    json: 'prints { "rollouts": [...] }, each with state, weight, step, reason, what it is doing, and the alias now; of a group "group" and "members", too',
  },
  values: ['controller'],
  operands: [`${TARGET}?`],
  async run({ operands: [text], flags }, terminal, account) {
    const request = text === undefined ? undefined : rolloutRequest(text, flags);
    const aws = await account();
    const onLeftOut = (why: string) => {
      for (const line of wrap(`sluice: left out: ${why}`, 80)) terminal.err.write(`${line}\n`);
    };
    const rollouts = request
      ? [await statusOf(request, aws)]
      : await showingProgress(terminal, (onProgress) => statusOfAll({ onProgress, onLeftOut }, aws));
    if (flags['json']) {
      terminal.out.write(jsonText({ rollouts: rollouts.map(rolloutJson) }));
      return 0;
    }
    if (rollouts.length === 0) terminal.out.write('No rollout is under way in this account and region.\n');
    for (const each of rollouts) show(each, terminal);
    return 0;
  },
};

const doingInWords: Readonly<Record<RolloutActivity, string>> = {
  starting: 'is starting',
  waitingForCommit: 'waits for the stack to commit',
  held: 'is held',
  waitingForApproval: 'WAITS FOR AN APPROVAL',
  baking: 'is watched',
  shifting: 'moves on',
};

function show(rollout: RolloutStatus, { out }: Terminal): void {
  const { stable, candidate, state, doing, reason, requests, step, startedAt, endedAt, members } = rollout;
  const target = targetOf(rollout);
  const [colour, ended] = stateInWords[state];
  const word = doing === null ? ended : doingInWords[doing];
  const versions = members ? '' : `${versionsOf(rollout)}  `;
  out.write(`${paint(out, 'bold', target)}  ${versions}${paint(out, ['bold', colour], word)}\n`);
  const weight = trafficTo(candidate, rollout.now);
  const steps = step && step.number > 0 ? `step ${step.number} of ${step.of}` : 'no step yet';
  out.write(`  ${paint(out, colour, bar(weight))} ${weight} %, ${steps}\n`);
  if (members) for (const member of members) out.write(`  ${inOneLine(member)}\n`);
  else if (requests) out.write(`  this step: ${servedBy(stable, candidate, requests)}\n`);
  for (const line of wrap(reason, 76)) out.write(`  ${line}\n`);
  const age = `${endedAt === null ? 'since' : 'took'} ${duration(secondsBetween(startedAt, endedAt))}`;
  out.write(`  ${paint(out, 'dim', `${age}, started by ${rollout.startedBy}`)}\n`);
  out.write(`  ${paint(out, 'dim', rollout.execution)}\n`);
  if (doing === 'waitingForApproval')
    out.write(`  answer with: sluice approve ${target}, or sluice reject ${target}\n`);
  out.write('\n');
}

/** A member of a group: its versions, and the requests of this step or why it takes no part. */
function inOneLine(member: MemberStatus): string {
  const { stable, candidate, requests, leftOut, leftAt, now } = member;
  const name = targetOf(member);
  if (leftOut) return `${name}  serves ${candidate} already and is left out`;
  if (leftAt !== undefined) return `${name}  was set by somebody else, and is left at ${trafficInWords(now)}`;
  return `${name}  ${versionsOf(member)}${requests ? `: ${servedBy(stable, candidate, requests)}` : ''}`;
}

function servedBy(stable: string | null, candidate: string, requests: NonNullable<RolloutStatus['requests']>): string {
  const served = (version: string | null, counts: { invocations: number; errors: number }) =>
    `${version ?? ''} served ${counts.invocations}, ${counts.errors} failed`;
  return `${served(stable, requests.stable)}; ${served(candidate, requests.candidate)}`;
}

/** The share of the traffic that a version gets, in percent. */
function trafficTo(version: string, now: RolloutStatus['now']): number {
  if (!now) return 0;
  const weights = now.additionalVersionWeights;
  if (now.functionVersion !== version) return weights[version] ?? 0;
  const rest = 100 - Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Math.round(rest * 100) / 100;
}
