import type { RolloutRecord } from '../../operations/rollout-record.ts';
import { watch as watchRollout } from '../../operations/watch.ts';
import { costsInWords } from '../../rollout/cost-in-words.ts';
import { durationsInWords } from '../../rollout/logs/durations-in-words.ts';
import { controllerOption, rolloutRequest, TARGET, targetOf, versionsOf } from '../target.ts';
import { type Command, EXIT_FAILED } from '../terminal/command.ts';
import { stateInWords } from '../terminal/outcome-text.ts';
import {
  bar,
  CLEAR_LINE,
  clock,
  count,
  duration,
  jsonText,
  paint,
  sameButForNumbers,
  secondsBetween,
  type Terminal,
  wrap,
} from '../terminal/terminal.ts';

/** `sluice watch`: a rollout until its end. */
export const watch: Command = {
  usage: `sluice watch <${TARGET}> [--json]`,
  summary: 'Follows the rollout of an alias or a group until it ends. Exit code 0 if it was promoted, 1 if it was not.',
  example: 'sluice watch checkout:live',
  options: { ...controllerOption, json: "prints the rollout's report when it has ended" },
  values: ['controller'],
  operands: [TARGET],
  async run({ operands: [text], flags }, terminal, account) {
    const looks = watchRollout(rolloutRequest(text as string, flags), await account());
    return follow(looks, terminal, Boolean(flags['json']));
  },
};

/** Shows a rollout at each look until its end, and answers the exit code. With `json` only the report is printed. */
export async function follow(looks: AsyncIterable<RolloutRecord>, terminal: Terminal, json: boolean): Promise<number> {
  const screen = new Screen(json ? { ...terminal, out: terminal.err } : terminal);
  let last: RolloutRecord | undefined;
  for await (last of looks) screen.show(last);
  if (json && last) terminal.out.write(jsonText(endOf(last)));
  return last?.state === 'promoted' ? 0 : EXIT_FAILED;
}

/** The report; or what is known of an execution that ended without one. */
const endOf = ({ report, state, ...rollout }: RolloutRecord) =>
  report ?? {
    schema: 1,
    outcome: state,
    reason: rollout.reason,
    function: rollout.function,
    alias: rollout.alias,
    ...(rollout.members ? { group: rollout.group ?? null } : {}),
    versions: { stable: null, candidate: rollout.candidate },
    startedBy: rollout.startedBy,
    startedAt: rollout.startedAt,
    endedAt: rollout.endedAt,
  };

/** Prints each event as a line; on a terminal the last line shows where the rollout stands and is drawn over at each look. */
class Screen {
  readonly #out: NodeJS.WriteStream;
  #shown = 0;
  #head = false;
  #last = '';

  constructor({ out }: Terminal) {
    this.#out = out;
  }

  show(rollout: RolloutRecord): void {
    this.#start(rollout);
    for (const event of rollout.events.slice(this.#shown)) this.#event(event, rollout.startedAt);
    this.#shown = Math.max(this.#shown, rollout.events.length);
    if (rollout.state === 'running') this.#now(rollout);
    else this.#end(rollout);
  }

  #start(rollout: RolloutRecord): void {
    const { stable, state, startedBy } = rollout;
    if (this.#head || (stable === null && state === 'running')) return;
    this.#head = true;
    const head = `${paint(this.#out, 'bold', targetOf(rollout))}  `;
    if (!rollout.members) this.#line(`${head}${versionsIn(rollout)}, started by ${startedBy}`);
    else {
      this.#line(`${head}started by ${startedBy}`);
      for (const line of wrap(versionsOf(rollout), 76)) this.#line(`  ${line}`);
    }
  }

  #event({ at, event, weight, reason }: RolloutRecord['events'][number], startedAt: string): void {
    const since = clock(Math.max(0, (Date.parse(at) - Date.parse(startedAt)) / 1000)).padStart(8);
    const word = paint(this.#out, 'bold', event.padEnd(17));
    this.#line(`${since}  ${word} ${bar(weight)} ${String(weight).padStart(3)} %`);
    for (const line of wrap(reason, 68)) this.#line(`          ${line}`);
  }

  #end({ state, startedAt, endedAt, reason, report }: RolloutRecord): void {
    const [colour, word] = stateInWords[state];
    this.#line(`${paint(this.#out, ['bold', colour], word)} after ${duration(secondsBetween(startedAt, endedAt))}`);
    for (const line of wrap(reason, 76)) this.#line(`  ${line}`);
    if (!report) return;
    if (!report.members) this.#line(`  ${servedBy(report.versions, report.requests)}`);
    if (report.versionCosts) this.#line(`  ${costsInWords(report.versionCosts, report.versions)}`);
    if (report.versionDurations)
      for (const line of wrap(durationsInWords(report.versionDurations, report.versions), 76)) this.#line(`  ${line}`);
    for (const member of report.members ?? [])
      this.#line(`  ${targetOf(member)}  ${servedBy(member, member.requests)}`);
  }

  #now(rollout: RolloutRecord): void {
    const waits = rollout.doing === 'waitingForApproval';
    const what = waits ? `waits for an approval: sluice approve ${targetOf(rollout)}` : rollout.reason;
    const text = `${String(rollout.weight).padStart(3)} %${failedOf(rollout)}; ${what}`;
    if (this.#out.isTTY) {
      const width = Math.min(this.#out.columns || 80, 80) - 1;
      const cut = text.length > width ? `${text.slice(0, width - 3)}...` : text;
      this.#out.write(`${CLEAR_LINE}${paint(this.#out, 'dim', cut)}`);
      return;
    }
    const known = sameButForNumbers(what, this.#last);
    this.#last = what;
    if (known) return;
    for (const [index, line] of wrap(text.trim(), 68).entries()) {
      this.#line(`${index === 0 ? '     ' : '          '}${line}`);
    }
  }

  #line(text: string): void {
    this.#out.write(`${this.#out.isTTY ? CLEAR_LINE : ''}${text}\n`);
  }
}

const versionsIn = ({ stable, candidate }: RolloutRecord): string =>
  `${stable === null ? '' : `${stable} -> `}${candidate}`;

const servedBy = (
  versions: { readonly stable: string; readonly candidate: string },
  { stable, candidate }: NonNullable<RolloutRecord['requests']>,
): string =>
  `${versions.stable}: ${count(stable.invocations)} requests, ${count(stable.errors)} failed; ${versions.candidate}: ${count(candidate.invocations)}, ${count(candidate.errors)} failed`;

const failedOf = ({ requests }: RolloutRecord): string =>
  requests ? ` ${count(requests.candidate.errors)} of ${count(requests.candidate.invocations)} failed` : '';
