import { setTimeout as sleep } from 'node:timers/promises';
import { servedInWords } from '../../page/traffic-words.ts';
import type { Scenario } from '../../rehearsal/scenario/scenario.ts';
import { curveOf } from '../../rehearsal/scenario/traffic.ts';
import type { ControllerUnderTest } from '../../rehearsal/simulation/controller.ts';
import type { Snapshot } from '../../rehearsal/simulation/observer.ts';
import { rehearse } from '../../rehearsal/simulation/rehearse.ts';
import type { RehearsalResult, TimelineEntry } from '../../rehearsal/simulation/result.ts';
import { weightOf } from '../../rollout/document/rollout.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import { bar, CLEAR_LINE, clock, count, duration, paint, sameButForNumbers, wrap } from './terminal.ts';

/** A moment of a rehearsal: a look at the rollout, or an event. */
export type Frame = { readonly look: Snapshot } | { readonly event: TimelineEntry };

/** Rehearses, and records every look and event in their order. */
export async function record(
  scenario: Scenario,
  controller: ControllerUnderTest,
): Promise<{ frames: Frame[]; result: RehearsalResult }> {
  const frames: Frame[] = [];
  const { result } = await rehearse(scenario, controller, {
    onSnapshot: (look) => frames.push({ look }),
    onEvent: (event) => frames.push({ event }),
  });
  return { frames, result };
}

/** A terminal shows a whole rollout within so many milliseconds of real time. */
const SHOW_MILLISECONDS = 2500;
const WIDTH = 80;

const colourOf = {
  shifted: 'cyan',
  promoted: 'green',
  reverted: 'red',
  alarm: 'red',
  superseded: 'magenta',
  approvalRequested: 'yellow',
  approved: 'yellow',
  held: 'yellow',
  resumed: 'yellow',
} as const;

const wordOf = {
  shifted: 'shifted',
  promoted: 'promoted',
  reverted: 'reverted',
  alarm: 'ALARM',
  superseded: 'superseded',
  approvalRequested: 'approval?',
  approved: 'approved',
  held: 'held',
  resumed: 'resumed',
} as const;

const outcomes = {
  promoted: ['green', 'Promoted'],
  rolledBack: ['red', 'Rolled back'],
  superseded: ['magenta', 'Superseded'],
  cancelled: ['yellow', 'Cancelled'],
  rejected: ['yellow', 'Rejected'],
} as const;

/** Where lines stay, a look that tells nothing new has a line once in so many seconds. */
const LINE_EVERY_SECONDS = 60;

/** Prints a rehearsal line by line, and on a terminal as if it happened now. */
export class RehearsalPrinter {
  readonly #out: NodeJS.WriteStream;
  #reason = '';
  /** Whether the next look may overwrite the last line. */
  #live = false;
  /** The second of the last look that has a line of its own. */
  #lastLine = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  async tell(scenario: Scenario, frames: readonly Frame[], result: RehearsalResult): Promise<void> {
    this.#head(scenario, result);
    const pace = this.#out.isTTY ? SHOW_MILLISECONDS / Math.max(1, frames.length) : 0;
    for (const [index, frame] of frames.entries()) {
      if ('event' in frame) {
        this.#event(frame.event);
        continue;
      }
      const next = frames[index + 1];
      this.#look(frame.look, result, next);
      await sleep(pace);
    }
    this.#summary(result);
  }

  #head(scenario: Scenario, { versions }: RehearsalResult): void {
    const weights = planOf(scenario.policy).steps.map((step) => step.weight);
    const rates = curveOf(scenario.traffic).map(({ requestsPerSecond }) => requestsPerSecond);
    const [least, most] = [Math.min(...rates), Math.max(...rates)];
    const rate = least === most ? count(least) : `${count(least)} to ${count(most)}`;
    this.#line();
    this.#line(`  ${paint(this.#out, 'bold', scenario.name)}`);
    this.#line(
      `  ${versions.stable} -> ${versions.candidate} at ${rate} requests a second, by ${listed(weights)} % of the traffic`,
    );
    this.#line();
  }

  #event({ second, event, weight, reason }: TimelineEntry): void {
    const word = paint(this.#out, ['bold', colourOf[event]], wordOf[event].padEnd(10));
    const drawn = paint(this.#out, colourOf[event], bar(weight));
    this.#line(`${clock(second).padStart(8)}  ${word} ${drawn} ${String(weight).padStart(3)} %`);
    for (const line of wrap(reason, WIDTH - 12)) this.#line(`          ${line}`);
    this.#reason = reason;
  }

  /** On a terminal the next look overwrites a line. A verdict is printed when it changes. */
  #look(look: Snapshot, result: RehearsalResult, next: Frame | undefined): void {
    const { reason } = look.rollout;
    const toldNext = next !== undefined && 'event' in next && next.event.reason === reason;
    const isKnown = sameButForNumbers(reason, this.#reason);
    const line = this.#counts(look, result);
    if (this.#out.isTTY) {
      this.#out.write(`${CLEAR_LINE}${line}`);
      this.#live = true;
    } else if (toldNext || !isKnown || look.second >= this.#lastLine + LINE_EVERY_SECONDS) {
      this.#line(line);
      this.#lastLine = look.second;
    }
    if (toldNext || isKnown) return;
    this.#reason = reason;
    for (const part of wrap(reason, WIDTH - 12)) this.#line(paint(this.#out, 'dim', `          ${part}`));
  }

  #counts({ second, rollout, requests, failures }: Snapshot, { versions }: RehearsalResult): string {
    const of = (role: 'stable' | 'candidate') =>
      `${versions[role]}: ${count(requests[role])}, ${count(failures[role])} failed`;
    const weight = `${weightOf(rollout)} %`.padStart(5);
    return paint(
      this.#out,
      'dim',
      `${clock(second).padStart(8)}  ${weight}   ${of('stable').padEnd(29)}${of('candidate')}`,
    );
  }

  #summary({ outcome, reason, seconds, requests, failures, cost, versions, alias }: RehearsalResult): void {
    const [colour, word] = outcomes[outcome];
    const calls = Object.values(cost.awsCalls).reduce((sum, each) => sum + each, 0);
    const writes = cost.awsCalls['lambda:UpdateAlias'] ?? 0;
    const share = requests.total === 0 ? 0 : (failures.total / requests.total) * 100;
    const { stable, candidate } = versions;
    this.#line();
    this.#line(`  ${paint(this.#out, ['bold', colour], word)} after ${duration(seconds.total)}`);
    for (const line of wrap(reason, WIDTH - 4)) this.#line(`  ${line}`);
    this.#line();
    this.#row('failed requests', `${count(failures.total)} of ${count(requests.total)} (${share.toFixed(2)} %)`);
    const excess = failures.excess > 0 ? `${count(failures.excess)} more than` : 'no more than';
    this.#row('', `${count(failures.candidate)} on ${candidate}, ${excess} ${stable} would have failed`);
    if (seconds.faultToRevert !== null) {
      this.#row('time to revert', `${duration(seconds.faultToRevert)} after the fault began`);
    }
    if (seconds.toFullTraffic !== null) this.#row('full traffic', `after ${duration(seconds.toFullTraffic)}`);
    this.#row('alias', `serves ${servedInWords(alias)}`);
    this.#row('AWS calls', `${count(calls)}, ${writes} of them writes to the alias`);
    this.#row(
      'cost',
      `$${cost.usd.toFixed(4)} (${count(cost.stateTransitions)} state transitions, ${count(cost.lambdaInvocations)} invocations)`,
    );
    this.#line();
  }

  #row(name: string, value: string): void {
    this.#line(`  ${paint(this.#out, 'dim', name.padEnd(16))} ${value}`);
  }

  /** Prints a line that stays. A line that was being overwritten stays above it. */
  #line(text = ''): void {
    this.#out.write(`${this.#live ? '\n' : ''}${text}\n`);
    this.#live = false;
  }
}

const listed = (weights: readonly number[]): string =>
  weights.length <= 6 ? weights.join(', ') : `${weights.slice(0, 3).join(', ')}, ... ${weights.at(-1)}`;
