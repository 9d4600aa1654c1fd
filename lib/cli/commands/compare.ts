import { compare as compareStrategies } from '../../rehearsal/compare/compare.ts';
import type { Comparison, Spread } from '../../rehearsal/compare/summary.ts';
import { type Scenario, scenarioSchema } from '../../rehearsal/scenario/scenario.ts';
import { loadController } from '../load-controller.ts';
import type { Command } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { readInput } from '../terminal/input.ts';
import { clock, count, jsonText, paint, type Terminal, wrap } from '../terminal/terminal.ts';

const USUAL_SEEDS = 200;
const MOST_SEEDS = 100_000;

/** `sluice compare`: a scenario under its own policy and under those of others. */
export const compare: Command = {
  usage: 'sluice compare <scenario.json> [--seeds 200] [--json]',
  summary:
    'Compares the policy of a scenario with those of CodeDeploy, Flagger, Argo Rollouts and Kayenta, on the same simulated traffic.',
  example: 'sluice compare lib/rehearsal/scenarios/bad.json',
  options: {
    seeds: `how many times the traffic is drawn anew; ${USUAL_SEEDS} unless said otherwise`,
    json: 'prints one JSON document: { "strategies": [...] }',
  },
  values: ['seeds'],
  operands: ['scenario.json'],
  async run({ operands: [file], flags }, terminal) {
    const seeds = seedsIn(flags.seeds);
    const scenario = readInput(file as string, scenarioSchema);
    if (scenario.members) {
      throw new CommandRefused(
        'The scenario has members.\n\n  expected: a scenario of one alias, because the strategies of others shift one function each',
      );
    }
    const comparison = await compareStrategies(scenario, seeds, loadController);
    if (flags.json) terminal.out.write(jsonText(comparison));
    else show(scenario, seeds, comparison, terminal);
    return 0;
  },
};

function seedsIn(flag: string | boolean | undefined): number {
  const seeds = Number(flag ?? USUAL_SEEDS);
  if (Number.isInteger(seeds) && seeds >= 1 && seeds <= MOST_SEEDS) return seeds;
  throw new CommandRefused(
    `--seeds is ${flag}.\n\n  expected: a whole number from 1 to ${count(MOST_SEEDS)}, such as --seeds ${USUAL_SEEDS}`,
  );
}

const CODE_DEPLOY = 'CodeDeploy ';
const NAME_COLUMN = 29;
const COLUMN = 8;

function show({ name }: Scenario, seeds: number, { strategies }: Comparison, { out }: Terminal): void {
  const line = (label: string, ...cells: readonly string[]) =>
    `  ${label.padEnd(NAME_COLUMN)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`;
  out.write('\n');
  for (const part of wrap(`${name}: ${count(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}`, 76)) out.write(`  ${part}\n`);
  out.write(`\n${paint(out, 'dim', `  ${''.padEnd(NAME_COLUMN)} excess failures fault to revert   100 %  taken`)}\n`);
  out.write(`${paint(out, 'dim', line('', 'median', 'p95', 'median', 'p95', 'median', 'back'))}\n`);
  for (const strategy of strategies) {
    const { excessFailures, faultToRevertSeconds, toFullTrafficSeconds, rolledBack } = strategy;
    const label = strategy.name.replace(CODE_DEPLOY, '');
    const cells = [
      compact(excessFailures.median),
      compact(excessFailures.p95),
      ...timesOf(faultToRevertSeconds),
      timeOf(toFullTrafficSeconds.median),
      `${Number((rolledBack * 100).toFixed(1))} %`,
    ];
    const text = line(label, ...cells);
    out.write(`${strategy === strategies[0] ? paint(out, 'bold', text) : text}\n`);
  }
  const notes = [
    'Excess failures are those that the stable version would not have had. Times are minutes and seconds, "-" if it hardly ever came to that.',
    'A run is looked at for an hour, or until the slowest of the same seed is over.',
    'Canary10Percent5Minutes, Linear10PercentEvery1Minute and AllAtOnce are those of CodeDeploy, with the alarms of this policy, or else one on 5 % of errors.',
  ];
  out.write('\n');
  for (const part of notes.flatMap((note) => wrap(note, 76))) out.write(`  ${paint(out, 'dim', part)}\n`);
  out.write('\n');
}

const timesOf = ({ median, p95 }: Spread): readonly string[] => [timeOf(median), timeOf(p95)];

const timeOf = (seconds: number | null): string => (seconds === null ? '-' : clock(seconds));

/** A number in at most seven characters: `12`, `1,234`, `1.2 M`. */
function compact(value: number): string {
  if (Math.abs(value) >= 999_999.5) return `${(value / 1e6).toFixed(1)} M`;
  return count(Math.abs(value) < 10 ? value : Math.round(value));
}
