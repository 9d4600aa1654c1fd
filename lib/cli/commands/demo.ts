import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../package-root.ts';
import { scenarioSchema } from '../../rehearsal/scenario/scenario.ts';
import { loadController } from '../load-controller.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { RehearsalPrinter, record } from '../terminal/rehearsal-printer.ts';
import { paint } from '../terminal/terminal.ts';

const SCENARIOS = 'lib/rehearsal/scenarios';

/** `sluice demo`: the example service's rollout, once with a good version and once with a bad one. */
export const demo: Command = {
  usage: 'sluice demo',
  summary: 'Rehearses the example service twice: a good version is promoted, a bad one is reverted.',
  example: 'sluice demo',
  options: {},
  operands: [],
  async run(_given, { out }) {
    const controller = loadController();
    for (const name of ['good', 'bad']) {
      const scenario = readInput(fileURLToPath(new URL(`${SCENARIOS}/${name}.json`, packageRoot())), scenarioSchema);
      const { frames, result } = await record(scenario, controller);
      await new RehearsalPrinter(out).tell(scenario, frames, result);
    }
    out.write(
      [
        `  ${paint(out, 'bold', 'Both ran the state machine that cdk deploys, with the handlers that Lambda runs.')}`,
        '  Try next:',
        '',
        '    npm run -s sluice -- plan lib/rehearsal/scenarios/policy.json',
        `    npm run -s sluice -- rehearse ${SCENARIOS}/incident.json`,
        `    npm run -s sluice -- rehearse ${SCENARIOS}/bad.json --json`,
        '    a scenario of your own: copy one of these files and break something',
        '',
        '',
      ].join('\n'),
    );
    return 0;
  },
};
