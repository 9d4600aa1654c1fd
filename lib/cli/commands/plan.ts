import { shortestBakeToCompare } from '../../rollout/hang.ts';
import { cloudWatchTiming } from '../../rollout/observation.ts';
import { passableAt, unknownShapes } from '../../rollout/pace.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import { type Policy, policySchema } from '../../rollout/policy/policy.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { bar, duration, paint, type Terminal, wrap } from '../terminal/terminal.ts';

/** `sluice plan`: the steps of a policy. */
export const plan: Command = {
  usage: 'sluice plan <policy.json> [--json]',
  summary: 'Shows the steps of a policy. Calls nothing and changes nothing.',
  example: 'sluice plan policy.json',
  options: { json: 'prints one JSON document: { "steps": [...], "totalSeconds": ... }' },
  operands: ['policy.json'],
  async run({ operands: [file], flags }, terminal) {
    const policy = readInput(file as string, policySchema);
    const planned = planOf(policy);
    if (flags.json) {
      terminal.out.write(`${JSON.stringify(planned, null, 2)}\n`);
      for (const line of remarks(policy)) terminal.err.write(`${line}\n`);
    } else {
      show(policy, terminal);
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
      (bakeSeconds === 0 ? 'not watched' : duration(bakeSeconds)).padEnd(16),
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

/** Remarks that a person should read before the plan runs. */
function remarks(policy: Policy): string[] {
  const { steps } = planOf(policy);
  const { periodSeconds, delaySeconds } = cloudWatchTiming.metrics;
  const judged = policy.alarms.length > 0 || policy.evidence !== undefined;
  const longest = Math.max(
    ...steps.map(
      (step) =>
        passableAt(policy, unknownShapes(policy.alarms), 1, step.bakeSeconds, cloudWatchTiming) - 1 - step.bakeSeconds,
    ),
  );
  const shortest = shortestBakeToCompare(steps);
  const short = steps.filter((step) => step.bakeSeconds > 0 && step.bakeSeconds < periodSeconds + delaySeconds);
  return [
    ...(judged
      ? [`A step is judged on data that covers its bake, which adds up to ${duration(Math.ceil(longest))} to a step.`]
      : [
          'The policy names no alarm and asks for no evidence: time alone decides. Only a person can stop a bad version.',
        ]),
    ...(judged && short.length > 0
      ? [
          `A bake shorter than ${periodSeconds + delaySeconds} s sees nothing by itself, because CloudWatch's minutes are a minute late. Such a step lasts until one whole minute of it has been seen.`,
        ]
      : []),
    ...(judged && shortest !== undefined
      ? [
          `A request that hangs fails only at the function's timeout: compare that with the shortest bake, ${shortest} s. A step that is shorter than the timeout is over before a hang shows.`,
        ]
      : []),
  ];
}
