import { isNamed } from '../../aws/handler/errors.ts';
import { readRollout, readRollouts } from '../../aws/states/executions.ts';
import { type RolloutView, viewOf } from '../../aws/states/rollout-view.ts';
import { weightOf } from '../../rollout/document/rollout.ts';
import type { Account } from '../account.ts';
import { controllerOption } from '../current.ts';
import { controllerOf, formatTarget, type ResolvedTarget, resolveTarget, TARGET } from '../target.ts';
import type { Command } from '../terminal/command.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import { Refused } from '../terminal/refused.ts';
import { bar, clock, count, duration, paint, sameButForNumbers, type Terminal, wrap } from '../terminal/terminal.ts';

/** How often the execution is looked at, in seconds: well below what Step Functions answers. */
const LOOK_SECONDS = 2;

/** `sluice watch`: a rollout until its end. */
export const watch: Command = {
  usage: `sluice watch <${TARGET}> [--json]`,
  summary: 'Follows the rollout of an alias until it ends. Exit code 0 where it was promoted, 1 where it was not.',
  example: 'sluice watch checkout:live',
  options: { ...controllerOption, json: "prints the rollout's report when it has ended" },
  values: ['controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const aws = await account();
    const target = await resolveTarget(aws, text as string);
    for await (const execution of readRollouts(aws.sfn, controllerOf(target, flags['controller']), { alias: target })) {
      return follow(aws, execution.arn, target, terminal, Boolean(flags['json']));
    }
    throw new Refused(`${formatTarget(target)} has had no rollout in the last 90 days; there is nothing to watch.`);
  },
};

/** Follows an execution to its end and answers the exit code. With `json` only the report is printed. */
export async function follow(
  aws: Account,
  executionArn: string,
  target: Pick<ResolvedTarget, 'functionName' | 'aliasName'>,
  terminal: Terminal,
  json: boolean,
): Promise<number> {
  const screen = new Screen(json ? { ...terminal, out: terminal.err } : terminal, formatTarget(target));
  for (;;) {
    const view = await look(aws, executionArn);
    if (view) screen.show(view);
    if (view && view.state !== 'running') {
      if (json) terminal.out.write(`${JSON.stringify(endOf(view), null, 2)}\n`);
      return view.state === 'promoted' ? 0 : 1;
    }
    await aws.pause(LOOK_SECONDS);
  }
}

/** One look. Throttling and lost answers are waited out: the next look is soon. */
async function look(aws: Account, executionArn: string): Promise<RolloutView | undefined> {
  try {
    const execution = await readRollout(aws.sfn, { executionArn });
    return execution && (await viewOf(aws.sfn, execution));
  } catch (error) {
    if (isNamed(error, 'ThrottlingException', 'TimeoutError', 'InternalServerError', 'ServiceUnavailable'))
      return undefined;
    throw error;
  }
}

/** The report; or what is known of an execution that ended without one. */
const endOf = ({ report, state, reason, execution }: RolloutView) =>
  report ?? {
    schema: 1,
    outcome: state,
    reason,
    function: execution.functionName,
    alias: execution.aliasName,
    versions: { stable: null, candidate: execution.candidate },
    startedBy: execution.startedBy,
    startedAt: execution.startedAt.toISOString(),
    endedAt: execution.endedAt?.toISOString() ?? null,
  };

/** Tells what happens line by line; in a terminal the last line is where the rollout stands, drawn over at each look. */
class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #name: string;
  #told = 0;
  #head = false;
  #last = '';

  constructor({ out }: Terminal, name: string) {
    this.#out = out;
    this.#name = name;
  }

  show(view: RolloutView): void {
    const { execution, rollout, state, reason, report } = view;
    const out = this.#out;
    if (!this.#head && (rollout?.stable || state !== 'running')) {
      this.#head = true;
      const versions = `${rollout?.stable ? `${rollout.stable} -> ` : ''}${execution.candidate}`;
      this.#line(`${paint(out, 'bold', this.#name)}  ${versions}, started by ${execution.startedBy}`);
    }
    for (const { at, event, weight, reason: why } of rollout?.journal.slice(this.#told) ?? []) {
      const since = clock(Math.max(0, at - execution.startedAt.getTime() / 1000));
      this.#line(
        `${since.padStart(8)}  ${paint(out, 'bold', event.padEnd(17))} ${bar(weight)} ${String(weight).padStart(3)} %`,
      );
      for (const line of wrap(why, 68)) this.#line(`          ${line}`);
    }
    this.#told = Math.max(this.#told, rollout?.journal.length ?? 0);
    if (state === 'running') {
      this.#now(view);
      return;
    }
    const [colour, word] = stateInWords[state];
    const took = duration(
      Math.round(((execution.endedAt ?? new Date(Date.now())).getTime() - execution.startedAt.getTime()) / 1000),
    );
    this.#line(`${paint(out, ['bold', colour], word)} after ${took}`);
    for (const line of wrap(reason, 76)) this.#line(`  ${line}`);
    if (report) {
      const { stable, candidate } = report.requests;
      this.#line(
        `  ${report.versions.stable}: ${count(stable.invocations)} requests, ${count(stable.errors)} failed; ${report.versions.candidate}: ${count(candidate.invocations)}, ${count(candidate.errors)} failed`,
      );
    }
  }

  #now({ rollout, reason, token }: RolloutView): void {
    const counts = rollout
      ? ` ${count(rollout.current.candidate.errors)} of ${count(rollout.current.candidate.invocations)} failed`
      : '';
    const what = token === undefined ? reason : `waits for an approval: sluice approve ${this.#name}`;
    const text = `${String(rollout ? weightOf(rollout) : 0).padStart(3)} %${counts}; ${what}`;
    if (!this.#out.isTTY) {
      if (!sameButForNumbers(what, this.#last)) {
        for (const [index, line] of wrap(text.trim(), 68).entries())
          this.#line(`${index === 0 ? '     ' : '          '}${line}`);
      }
      this.#last = what;
      return;
    }
    const width = Math.min(this.#out.columns || 80, 80) - 1;
    const cut = text.length > width ? `${text.slice(0, width - 3)}...` : text;
    this.#out.write(`\r\x1b[2K${paint(this.#out, 'dim', cut)}`);
  }

  #line(text: string): void {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[2K' : ''}${text}\n`);
  }
}
