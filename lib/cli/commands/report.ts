import { htmlReport } from '../../operations/html-report.ts';
import { controllerIn, controllerOption } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { CommandRefused } from '../terminal/command-refused.ts';
import { writeOutput } from '../terminal/output.ts';
import { printResult } from '../terminal/print-result.ts';

/** `sluice report`: a rollout as an HTML page. */
export const report: Command = {
  usage: 'sluice report <execution> --out out.html [--json]',
  summary:
    'Writes a rollout as an HTML page of one file: weights, requests, evidence, verdicts and the end. The execution is named by its name or its ARN, as history prints it.',
  example: 'sluice report deploy-7 --out rollout.html',
  options: {
    out: 'the file to write',
    ...controllerOption,
    json: 'prints the file, the execution and how the rollout ended',
  },
  values: ['out', 'controller'],
  operands: ['execution'],
  async run({ operands: [execution], flags }, terminal, account) {
    const file = flags['out'];
    if (typeof file !== 'string') {
      throw new CommandRefused(`--out is missing.\n\n  expected: a file to write, such as --out rollout.html`);
    }
    const controller = controllerIn(flags);
    const request = { execution: execution as string, ...(controller === undefined ? {} : { controller }) };
    const { html, rollout } = await htmlReport(request, await account());
    writeOutput(file, html);
    const { state, executionArn } = rollout;
    return printResult(terminal, flags, {
      json: { file, execution: rollout.execution, executionArn, state },
      what: `The report of ${rollout.execution} is in ${file}.`,
    });
  },
};
