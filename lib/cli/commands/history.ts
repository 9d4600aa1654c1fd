import { history as historyOf, MOST_ROLLOUTS } from '../../operations/history.ts';
import type { RolloutRecord } from '../../operations/rollout-record.ts';
import { candidatesOf, controllerOption, rolloutRequest, TARGET, targetOf, versionsOf } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import { showingProgress } from '../terminal/progress-bar.ts';
import { rolloutJson } from '../terminal/rollout-json.ts';
import { count, duration, jsonText, paint, type Terminal, wrap } from '../terminal/terminal.ts';

/** `sluice history`: the change record of an alias. */
export const history: Command = {
  usage: `sluice history <${TARGET}> [--limit 10] [--json]`,
  summary:
    'Lists the rollouts of an alias or a group, newest first: who, when, versions, steps, end, reason, failed requests. Step Functions keeps them for 90 days.',
  example: 'sluice history checkout --limit 3',
  options: {
    limit: `how many, 1 to ${MOST_ROLLOUTS} (10)`,
    ...controllerOption,
    json: 'prints { "rollouts": [...] }; a rollout that has ended has its report',
  },
  values: ['limit', 'controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const request = { ...rolloutRequest(text as string, flags), limit: wholeNumber(flags['limit'] ?? '10') };
    const aws = await account();
    const result = await showingProgress(terminal, (onProgress) => historyOf({ ...request, onProgress }, aws));
    const { rollouts } = result;
    if (flags['json']) {
      const json = rollouts.map((rollout) => ({
        ...rolloutJson(rollout),
        failedRequests: rollout.report?.requests.candidate.errors ?? null,
        report: rollout.report,
      }));
      terminal.out.write(jsonText({ rollouts: json }));
      return 0;
    }
    if (rollouts.length === 0) terminal.out.write(`${targetOf(result)} has had no rollout in the last 90 days.\n`);
    for (const rollout of rollouts) show(rollout, terminal);
    return 0;
  },
};

function wholeNumber(text: string | boolean): number {
  if (/^\d{1,9}$/.test(String(text))) return Number(text);
  throw new CommandRefused(`--limit: found ${text}, expected a whole number from 1 to ${MOST_ROLLOUTS}.`);
}

function show(rollout: RolloutRecord, { out }: Terminal): void {
  const { state, reason, startedAt, stable, candidate, execution, members } = rollout;
  const [colour, word] = stateInWords[state];
  const when = startedAt.replace('T', ' ').slice(0, 16);
  const versions = `${stable === null ? '' : `${stable} -> `}${candidate}`;
  const shown = members ? (rollout.group ?? `${members.length} aliases`) : versions;
  out.write(`${when}  ${shown.padEnd(12)} ${paint(out, ['bold', colour], word)}\n`);
  if (members) for (const line of wrap(versionsOf(rollout), 74)) out.write(`    ${line}\n`);
  for (const line of wrap(reason, 74)) out.write(`    ${line}\n`);
  for (const line of wrap(factsOf(rollout).join('; '), 74)) out.write(`    ${paint(out, 'dim', line)}\n`);
  for (const { by, comment, verdict, weight } of rollout.report?.approvals ?? []) {
    const answer = `${weight} % ${verdict}${by ? ` by ${by}` : ''}${comment ? `: ${comment}` : ''}`;
    out.write(`    ${paint(out, 'dim', answer)}\n`);
  }
  out.write(`    ${paint(out, 'dim', execution)}\n\n`);
}

/** The steps, the failed requests and who started it. */
function factsOf(rollout: RolloutRecord): readonly string[] {
  const { state, report, startedBy } = rollout;
  const by = `by ${startedBy}`;
  const weights = report?.steps.map(({ weight }) => weight) ?? [];
  if (report && weights.length > 0) {
    const { errors, invocations } = report.requests.candidate;
    const failed = `${count(errors)} failed of ${count(invocations)} on ${candidatesOf(rollout)}`;
    const steps = `${weights.join(', ')} % in ${duration(report.seconds)}`;
    return [steps, failed, by];
  }
  return state === 'running' ? [by] : ['no traffic was moved', by];
}
