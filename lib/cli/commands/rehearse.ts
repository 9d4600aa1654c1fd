import { compare } from '../../rehearsal/compare/compare.ts';
import { type Scenario, scenarioSchema } from '../../rehearsal/scenario/scenario.ts';
import { loadController } from '../load-controller.ts';
import { rehearsalReport } from '../report/rehearsal-report.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { writeOutput } from '../terminal/output.ts';
import { RehearsalPrinter, record } from '../terminal/rehearsal-printer.ts';
import { jsonText } from '../terminal/terminal.ts';

/** How many times the traffic is drawn to compare the policy of a report with others. */
const SEEDS = 20;

/** `sluice rehearse`: a rollout in virtual time, with the real state machine and handlers. */
export const rehearse: Command = {
  usage: 'sluice rehearse <scenario.json> [--report out.html] [--json]',
  summary: 'Rehearses a rollout: the synthesized state machine and the real handlers, in virtual time.',
  example: 'sluice rehearse lib/rehearsal/scenarios/bad.json --report bad.html',
  options: {
    report: 'writes an HTML page of one file: charts, verdicts, and the same traffic under the policies of others',
    json: 'prints one JSON document: the result',
  },
  values: ['report'],
  operands: ['scenario.json'],
  async run({ operands: [file], flags }, terminal) {
    const scenario = readInput(file as string, scenarioSchema);
    const { frames, result } = await record(scenario, loadController());
    if (typeof flags.report === 'string') {
      const comparison = await comparisonOf(scenario);
      writeOutput(flags.report, rehearsalReport({ scenario, frames, result, comparison }));
      terminal.err.write(`The report is in ${flags.report}.\n`);
    }
    if (flags.json) {
      terminal.out.write(jsonText(result));
    } else {
      await new RehearsalPrinter(terminal.out).tell(scenario, frames, result);
    }
    return result.outcome === 'promoted' ? 0 : 1;
  },
};

/** The same traffic under the policies of others, which shift one function each: nothing for a group. */
async function comparisonOf(scenario: Scenario) {
  return scenario.members ? undefined : { of: await compare(scenario, SEEDS, loadController), seeds: SEEDS };
}
