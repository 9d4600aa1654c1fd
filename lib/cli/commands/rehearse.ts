import { scenarioSchema } from '../../rehearsal/scenario/scenario.ts';
import { loadController } from '../load-controller.ts';
import type { Command } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { readInput } from '../terminal/input.ts';
import { RehearsalPrinter, record } from '../terminal/rehearsal-printer.ts';
import { jsonText } from '../terminal/terminal.ts';

/** `sluice rehearse`: a rollout in virtual time, with the real state machine and handlers. */
export const rehearse: Command = {
  usage: 'sluice rehearse <scenario.json> [--json]',
  summary: 'Rehearses a rollout: the synthesized state machine and the real handlers, in virtual time.',
  example: 'sluice rehearse lib/rehearsal/scenarios/bad.json',
  options: {
    json: 'prints one JSON document: the result',
    report: 'is not built yet',
  },
  values: ['report'],
  operands: ['scenario.json'],
  async run({ operands: [file], flags }, terminal) {
    if (flags.report !== undefined)
      throw new CommandRefused('--report is not built yet; use --json for a record of the rehearsal.');
    const scenario = readInput(file as string, scenarioSchema);
    const { frames, result } = await record(scenario, loadController());
    if (flags.json) {
      terminal.out.write(jsonText(result));
    } else {
      await new RehearsalPrinter(terminal.out).tell(scenario, frames, result);
    }
    return result.outcome === 'promoted' ? 0 : 1;
  },
};
