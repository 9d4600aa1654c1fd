import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../package-root.ts';
import { scenarioSchema } from '../../rehearsal/scenario/scenario.ts';
import { loadController } from '../load-controller.ts';
import type { Command } from '../terminal/command.ts';
import { readInput } from '../terminal/input.ts';
import { RehearsalPrinter, record } from '../terminal/rehearsal-printer.ts';
import { paint } from '../terminal/terminal.ts';

const SCENARIOS = 'lib/rehearsal/scenarios';

/** How the command line is called here, and where its scenarios are: in a checkout, or in an app that has the package. */
const here = () =>
  existsSync(new URL('lib/cli', packageRoot()))
    ? { sluice: 'npm run -s sluice --', scenarios: SCENARIOS }
    : { sluice: 'npx sluice', scenarios: `node_modules/sluice/${SCENARIOS}` };

/** `sluice demo`: the example service's rollout, once with a good version and once with a bad one. */
export const demo: Command = {
  usage: 'sluice demo',
  summary: 'Rehearses the example service twice: a good version is promoted, a bad one is reverted.',
  example: 'sluice demo',
  options: {},
  operands: [],
  async run(_given, { out }) {
    const controller = loadController();
    const { sluice, scenarios } = here();
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
        `    ${sluice} plan ${scenarios}/policy.json`,
        `    ${sluice} rehearse ${scenarios}/incident.json`,
        `    ${sluice} rehearse ${scenarios}/bad.json --json`,
        '    a scenario of your own: copy one of these files and break something',
        '',
        '',
      ].join('\n'),
    );
    return 0;
  },
};
