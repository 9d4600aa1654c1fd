import { readAlias } from '../../aws/lambda/alias.ts';
import { readRegistrations } from '../../aws/stack/registrations.ts';
import { readRollouts } from '../../aws/states/executions.ts';
import { doingOf, type RolloutView, viewAsJson, viewOf } from '../../aws/states/rollout-view.ts';
import { type AliasState, inPercent, routingInWords, shareOf } from '../../rollout/alias/alias.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import type { Account } from '../account.ts';
import { controllerOption } from '../current.ts';
import { controllerOf, formatTarget, resolveTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { Refused } from '../terminal/refused.ts';
import { bar, duration, paint, type Terminal, wrap } from '../terminal/terminal.ts';

/** A rollout and the alias as it is now. */
interface Shown {
  readonly view: RolloutView;
  readonly alias: AliasState | null;
}

/** `sluice status`: what is rolling. */
export const status: Command = {
  usage: `sluice status [${TARGET}] [--json]`,
  summary:
    'Shows where a rollout stands and what it waits for. Without an operand, everything that is rolling in this account and region.',
  example: 'sluice status checkout',
  options: {
    ...controllerOption,
    json: 'prints { "rollouts": [...] }, each with "alias now", state, weight, step, reason, approval',
  },
  values: ['controller'],
  operands: [`${TARGET}?`],
  async run({ operands: [text], flags }, terminal, account) {
    const aws = await account();
    const shown = text === undefined ? await everything(aws, terminal) : await one(aws, text, flags['controller']);
    if (flags['json']) {
      const rollouts = shown.map(({ view, alias }) => ({ ...viewAsJson(view), now: alias && inPercent(alias) }));
      terminal.out.write(`${JSON.stringify({ rollouts }, null, 2)}\n`);
      return 0;
    }
    if (shown.length === 0) terminal.out.write('Nothing is rolling in this account and region.\n');
    for (const each of shown) show(each, terminal);
    return 0;
  },
};

/** The newest rollout of an alias, under way or over. */
async function one(aws: Account, text: string, flag: string | boolean | undefined): Promise<readonly Shown[]> {
  const target = await resolveTarget(aws, text);
  const alias = await readAlias(aws.lambda, target);
  if (!alias) throw new Refused(`there is no alias ${formatTarget(target)} in this account and region.`);
  for await (const execution of readRollouts(aws.sfn, controllerOf(target, flag), { alias: target })) {
    return [{ view: await viewOf(aws.sfn, execution), alias }];
  }
  throw new Refused(
    `${formatTarget(target)} serves ${routingInWords(alias)}, and has had no rollout in the last 90 days.`,
  );
}

async function everything(aws: Account, terminal: Terminal): Promise<readonly Shown[]> {
  const registered = await readRegistrations(aws.ssm);
  const controllers = [...new Set(registered.map(({ registration }) => registration.stateMachineArn))];
  const progress = new ProgressBar(terminal, 'rollouts read');
  const shown: Shown[] = [];
  for (const controller of controllers) {
    for await (const execution of readRollouts(aws.sfn, controller, { status: 'RUNNING' })) {
      shown.push({ view: await viewOf(aws.sfn, execution), alias: await readAlias(aws.lambda, execution) });
      progress.step();
    }
  }
  progress.end();
  return shown;
}

const doingInWords = {
  starting: 'is starting',
  waitingForCommit: 'waits for the stack to commit',
  held: 'is held',
  waitingForApproval: 'WAITS FOR AN APPROVAL',
  baking: 'is watched',
  shifting: 'moves on',
} as const;

function show({ view, alias }: Shown, { out }: Terminal): void {
  const { execution, rollout, state, reason } = view;
  const weight = alias ? shareOf(execution.candidate, alias) : 0;
  const versions = rollout?.stable ? `${rollout.stable} -> ${execution.candidate}` : `-> ${execution.candidate}`;
  const name = `${functionNameOf(execution.functionName)}:${execution.aliasName}`;
  const [colour, ended] = stateInWords[state];
  const word = state === 'running' ? doingInWords[doingOf(view)] : ended;
  out.write(`${paint(out, 'bold', name)}  ${versions}  ${paint(out, ['bold', colour], word)}\n`);
  const step = rollout && rollout.step >= 0 ? `step ${rollout.step + 1} of ${rollout.plan.length}` : 'no step yet';
  out.write(`  ${paint(out, colour, bar(weight))} ${weight} %, ${step}\n`);
  if (rollout) {
    const { stable, candidate } = rollout.current;
    out.write(
      `  this step: ${rollout.stable} served ${stable.invocations}, ${stable.errors} failed; ${execution.candidate} served ${candidate.invocations}, ${candidate.errors} failed\n`,
    );
  }
  for (const line of wrap(reason, 76)) out.write(`  ${line}\n`);
  const age = duration(
    Math.round(((execution.endedAt ?? new Date()).getTime() - execution.startedAt.getTime()) / 1000),
  );
  out.write(
    `  ${paint(out, 'dim', `${execution.endedAt ? 'took' : 'since'} ${age}, started by ${execution.startedBy}`)}\n`,
  );
  out.write(`  ${paint(out, 'dim', execution.name)}\n`);
  if (view.token !== undefined) out.write(`  answer with: sluice approve ${name}, or sluice reject ${name}\n`);
  out.write('\n');
}
