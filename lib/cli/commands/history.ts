import { readRollouts } from '../../aws/states/executions.ts';
import { type RolloutView, viewAsJson, viewOf } from '../../aws/states/rollout-view.ts';
import { controllerOption } from '../current.ts';
import { controllerOf, formatTarget, resolveTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { Refused } from '../terminal/refused.ts';
import { count, duration, paint, type Terminal, wrap } from '../terminal/terminal.ts';

const MOST = 500;

/** `sluice history`: the change record of an alias. */
export const history: Command = {
  usage: `sluice history <${TARGET}> [--limit 10] [--json]`,
  summary:
    'Lists the rollouts of an alias, newest first: who, when, versions, steps, end, reason, failed requests. Step Functions keeps them for 90 days.',
  example: 'sluice history checkout --limit 3',
  options: {
    limit: `how many, 1 to ${MOST} (10)`,
    ...controllerOption,
    json: 'prints { "rollouts": [...] }, each with its report where it has one',
  },
  values: ['limit', 'controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const limit = Number(flags['limit'] ?? 10);
    if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
      throw new Refused(`--limit: found ${flags['limit']}, expected a whole number from 1 to ${MOST}.`);
    }
    const aws = await account();
    const target = await resolveTarget(aws, text as string);
    const progress = new ProgressBar(terminal, 'executions read');
    const views: RolloutView[] = [];
    for await (const execution of readRollouts(aws.sfn, controllerOf(target, flags['controller']), {
      alias: target,
      onRead: () => progress.step(),
    })) {
      views.push(await viewOf(aws.sfn, execution));
      if (views.length === limit) break;
    }
    progress.end();
    if (flags['json']) {
      const rollouts = views.map((view) => ({
        ...viewAsJson(view),
        failedRequests: view.report?.requests.candidate.errors ?? null,
        report: view.report ?? null,
      }));
      terminal.out.write(`${JSON.stringify({ rollouts }, null, 2)}\n`);
      return 0;
    }
    if (views.length === 0) terminal.out.write(`${formatTarget(target)} has had no rollout in the last 90 days.\n`);
    for (const view of views) show(view, terminal);
    return 0;
  },
};

function show({ execution, rollout, state, reason, report }: RolloutView, { out }: Terminal): void {
  const [colour, word] = stateInWords[state];
  const when = execution.startedAt.toISOString().replace('T', ' ').slice(0, 16);
  const versions = `${rollout?.stable ? `${rollout.stable} -> ` : ''}${execution.candidate}`;
  out.write(`${when}  ${versions.padEnd(12)} ${paint(out, ['bold', colour], word)}\n`);
  for (const line of wrap(reason, 74)) out.write(`    ${line}\n`);
  const weights = report?.steps.map(({ weight }) => weight) ?? [];
  const steps =
    weights.length > 0 ? `${weights.join(', ')} % in ${duration(report?.seconds ?? 0)}` : 'no traffic was moved';
  const failed = report
    ? `${count(report.requests.candidate.errors)} failed of ${count(report.requests.candidate.invocations)} on ${execution.candidate}`
    : '';
  const facts = [state === 'running' ? '' : steps, weights.length > 0 ? failed : '', `by ${execution.startedBy}`];
  for (const line of wrap(facts.filter(Boolean).join('; '), 74)) out.write(`    ${paint(out, 'dim', line)}\n`);
  for (const { by, comment, verdict, weight } of report?.approvals ?? []) {
    out.write(
      `    ${paint(out, 'dim', `${weight} % ${verdict}${by ? ` by ${by}` : ''}${comment ? `: ${comment}` : ''}`)}\n`,
    );
  }
  out.write(`    ${paint(out, 'dim', execution.name)}\n\n`);
}
