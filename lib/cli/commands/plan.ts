import { needInWords, secondsToFire, twoOfThreeMinutes } from '../../rollout/alarm-shape.ts';
import { previewOf } from '../../rollout/evidence/preview.ts';
import { shortestBakeToCompare } from '../../rollout/hang.ts';
import { expectedTimingOf } from '../../rollout/logs/timing.ts';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import { passableAt } from '../../rollout/pace.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import { type Policy, policySchema } from '../../rollout/policy/policy.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { bar, duration, jsonText, paint, type Terminal, wrap } from '../terminal/terminal.ts';
import { showPreview } from './plan-preview.ts';
import { trafficIn, USUAL_ERROR_RATE } from './plan-traffic.ts';

/** `sluice plan`: the steps of a policy. */
export const plan: Command = {
  usage:
    'sluice plan <policy.json> [--traffic <requests per second>] [--error-rate <share>] [--alias <function:alias>] [--json]',
  summary: 'Shows the steps of a policy. Changes nothing, and calls AWS only with --alias.',
  example: 'sluice plan policy.json',
  options: {
    traffic: 'requests a second to the alias: shows what each step will see of them',
    'error-rate': `the share of them that fails on the stable version, 0 to 1; ${USUAL_ERROR_RATE} unless said otherwise`,
    alias: 'shows what each step will see at the traffic that this alias had in the last day, as CloudWatch tells it',
    json: 'prints one JSON document: { "steps": [...], "totalSeconds": ... }; with --traffic or --alias also "preview"',
  },
  values: ['traffic', 'error-rate', 'alias'],
  operands: ['policy.json'],
  async run({ operands: [file], flags }, terminal, account) {
    const policy = readInput(file as string, policySchema);
    const traffic = await trafficIn(flags, account);
    const planned = planOf(policy);
    if (flags.json) {
      const preview = traffic && { ...traffic, steps: previewOf(policy, traffic) };
      terminal.out.write(jsonText(preview ? { ...planned, preview } : planned));
      for (const line of remarks(policy)) terminal.err.write(`${line}\n`);
    } else {
      show(policy, terminal);
      if (traffic) showPreview(policy, traffic, terminal);
    }
    return 0;
  },
};

function show(policy: Policy, { out }: Terminal): void {
  const { steps, totalSeconds } = planOf(policy);
  out.write(`\n${paint(out, 'dim', '  step  weight                       watched for     given')}\n`);
  steps.forEach(({ weight, bakeSeconds, approval }, index) => {
    const columns = [
      String(index + 1).padStart(6),
      `  ${paint(out, 'cyan', bar(weight))} ${String(weight).padStart(3)} %  `,
      (bakeSeconds > 0 ? duration(bakeSeconds) : policy.adaptive ? 'evidence' : 'not watched').padEnd(16),
      approval === 'manual' ? paint(out, 'yellow', 'after an approval') : 'by itself',
    ];
    out.write(`${columns.join('')}\n`);
  });
  out.write(`\n  At least ${duration(totalSeconds)} in all.\n`);
  for (const remark of remarks(policy)) {
    for (const line of wrap(remark, 76)) out.write(`  ${line}\n`);
  }
  out.write('\n');
}

/** Remarks that a person should read before the plan runs. The alarms are only names here: the default ones stand for them. */
const remarks = (policy: Policy): string[] => [...stepRemarks(policy), ...logRemark(policy)];

/** A policy does not know the log of its function, and a log is only known when it is read. */
function logRemark({ evidence }: Policy): readonly string[] {
  if (evidence?.counts !== 'logs') return [];
  return [
    `Requests are counted every ten seconds by the function's log, which has to be JSON with the system log level INFO. How late its lines come is measured in the rollout; 20 s are reckoned with here. If the log cannot be read, or after ${evidence.maximumGigabytesScanned} GB of it, CloudWatch's minutes are counted.`,
  ];
}

function stepRemarks(policy: Policy): string[] {
  if (policy.adaptive) return [adaptiveRemark(policy.adaptive.failureBudget)];
  const bakes = planOf(policy).steps.flatMap(({ bakeSeconds }) => (bakeSeconds > 0 ? [bakeSeconds] : []));
  if (policy.alarms.length === 0 && policy.evidence === undefined) {
    return [
      'The policy names no alarm and asks for no evidence: time alone decides. Only a person can stop a bad version.',
    ];
  }
  if (bakes.length === 0) return [];
  const timing = { ...cloudWatchTiming, metrics: expectedTimingOf(policy) };
  const longest = Math.max(
    ...bakes.map(
      (bake) =>
        passableAt(
          policy,
          policy.alarms.map(() => twoOfThreeMinutes),
          1,
          bake,
          timing,
        ) -
        1 -
        bake,
    ),
  );
  const { alarms, metrics } = timing;
  const shortest = Math.min(...bakes);
  const needed = secondsToFire(twoOfThreeMinutes, alarms);
  const added = `A step is judged on data that covers its bake, which adds up to ${duration(Math.ceil(longest))} to a step.`;
  const hang = hangRemark(policy);
  if (policy.alarms.length > 0 && shortest < needed) {
    return [
      added,
      `A step lasts until each alarm could have fired on the step's own data. An alarm on ${needInWords(twoOfThreeMinutes)}, such as the default ones, needs up to ${needed} s; the shortest step has ${shortest} s. Alarms with longer periods or more datapoints need longer: sluice doctor names them.`,
      ...hang,
    ];
  }
  const late = metrics.periodSeconds + metrics.delaySeconds;
  const byMinutes = policy.evidence?.counts !== 'logs';
  return [
    added,
    ...(policy.alarms.length > 0
      ? [
          `A step lasts until each alarm could have fired on the step's own data, which alarms on ${needInWords(twoOfThreeMinutes)} can in each step here. Slower ones need longer: sluice doctor names them.`,
        ]
      : []),
    ...(policy.alarms.length === 0 && byMinutes && shortest < late
      ? [
          `A bake shorter than ${late} s sees nothing by itself, because CloudWatch's minutes are a minute late. Such a step lasts until one whole minute of it has been seen.`,
        ]
      : []),
    ...hang,
  ];
}

/** Adaptive weights depend on the traffic, which a policy does not know. */
const adaptiveRemark = (failureBudget: number): string =>
  `The weights follow the evidence: the first one is 1 to 10 %, and each further one is as large as a budget of ${failureBudget} failed requests allows, with a last comparison at 60 %. A candidate that fails at 100 % goes back to a small weight to be compared.`;

/** A request that hangs shows only at the function's timeout, which a policy does not know. */
function hangRemark(policy: Policy): readonly string[] {
  const shortest = shortestBakeToCompare(planOf(policy).steps);
  return shortest === undefined
    ? []
    : [
        `A request that hangs fails only at the function's timeout: compare that with the shortest bake, ${shortest} s. A step that is shorter than the timeout is over before a hang shows.`,
      ];
}
