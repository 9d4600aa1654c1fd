import { type AliasState, allTrafficTo, shareOf } from '../../rollout/alias/alias.ts';
import { concernOf } from '../../rollout/decisions/alarm-event.ts';
import { preflight, type VersionFacts } from '../../rollout/decisions/preflight.ts';
import { given, moveFor, notGiven, shiftOf } from '../../rollout/decisions/shift.ts';
import { observeStep } from '../../rollout/decisions/transitions.ts';
import { newRollout } from '../../rollout/document/new-rollout.ts';
import { movedOn } from '../../rollout/document/revisions.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { readStartInput, type StartRequest } from '../../rollout/document/start.ts';
import type { LogAnswer } from '../../rollout/logs/answer.ts';
import { PROBED_SECONDS, probed } from '../../rollout/logs/logging.ts';
import { type LogQuestion, questionOf, readingOf } from '../../rollout/logs/look.ts';
import { type LogMemory, newLogMemory } from '../../rollout/logs/memory.ts';
import { readsLog } from '../../rollout/logs/timing.ts';
import { cloudWatchTiming, type Timing } from '../../rollout/observation.ts';
import { ALIAS, CANDIDATE, FUNCTION, STABLE } from '../names.ts';
import { type StableBehaviour, USUAL_MEGABYTES } from '../scenario/behaviour.ts';
import { usualLog } from '../scenario/logs.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { LogLines } from '../world/log-lines.ts';
import { type FinishedRun, Run } from './run.ts';
import { alarmsOf, besideOf, countsOf, historyOf, logAnswerOf, START, withPercentile } from './sources.ts';

/**
 * A rollout under the scenario's policy, by the decisions alone: the same pure functions that the handlers call, on the same
 * observations, without SDK and state machine. So it takes a hundredth of a rehearsal's time and comes to the same.
 *
 * @returns undefined if the scenario, or the way that the rollout takes, needs a whole rehearsal: people, hooks, faults of AWS, late
 * events, clocks, provisioned concurrency, log and composite alarms, and a log that is given up
 */
export function decisionsAlone(scenario: Scenario): FinishedRun | undefined {
  const {
    operator,
    aws,
    events = [],
    compositeAlarms = [],
    clocks,
    provisionedConcurrency,
    alarms,
    policy,
    logs = usualLog,
  } = scenario;
  const special = [...operator, ...aws, ...events, ...compositeAlarms, ...alarms.filter(({ kind }) => kind === 'log')];
  if (special.length > 0 || clocks !== undefined || provisionedConcurrency !== undefined) return undefined;
  const byLog = policy.evidence?.counts === 'logs';
  if (byLog && (logs.format === 'Text' || logs.systemLevel === 'WARN')) return undefined;
  return new DecidedRollout(scenario).run();
}

/** The world is looked at once a minute also if nobody asks: alarms fire by themselves. */
const MINUTE = 60;

/** How long a query takes, in seconds. */
const QUERY_SECONDS = 1;

/** How long the handlers wait before they read counts again that came without any data, in seconds. */
const SECOND_LOOK_SECONDS = 1;

const versionFacts = (version: string, { memoryMegabytes = USUAL_MEGABYTES }: StableBehaviour): VersionFacts => ({
  version,
  state: 'Active',
  stateReason: '',
  role: '',
  deadLetterTarget: '',
  size: { megabytes: memoryMegabytes, architecture: 'x86_64' },
});

class DecidedRollout {
  readonly #run: Run;
  readonly #timing: Timing;
  readonly #scenario: Scenario;
  readonly #log: LogLines;
  #rollout: Rollout;
  #second = 0;
  #alias: AliasState = { ...allTrafficTo(STABLE), description: '', revisionId: '0' };
  #writes = 0;
  #logIsGivenUp = false;
  #alarms: AlarmTransition[] = [];

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#run = new Run(scenario, scenario.alarms, (alarm) => this.#alarms.push(alarm));
    this.#log = new LogLines(this.#run.world, scenario.logs ?? usualLog);
    this.#timing = { metrics: scenario.metrics, alarms: cloudWatchTiming.alarms };
    const { policy } = scenario;
    const input = { function: FUNCTION, alias: ALIAS, version: CANDIDATE };
    const request = readStartInput(input).data as StartRequest;
    this.#rollout = newRollout(
      { ...request, policy, startedBy: 'the comparison' },
      { id: '', name: `rehearsal-${CANDIDATE}`, startedAt: START },
    );
  }

  run(): FinishedRun | undefined {
    for (;;) {
      if (this.#logIsGivenUp) return undefined;
      switch (this.#rollout.next) {
        case 'preflight':
          this.#preflight();
          break;
        case 'shift':
        case 'promote':
          this.#shift();
          break;
        case 'bake':
          if (this.#slept(this.#rollout.waitSeconds)) this.#observe();
          else return this.#reverted();
          break;
        case 'revert':
          return this.#reverted();
        case 'promoted':
        case 'rejected':
          return this.#finished();
        default:
          return undefined;
      }
    }
  }

  get #now(): number {
    return START + this.#second;
  }

  #preflight(): void {
    const facts = {
      alias: this.#alias,
      stable: versionFacts(STABLE, this.#scenario.stable),
      candidate: versionFacts(CANDIDATE, this.#scenario.candidate),
      alarms: alarmsOf(this.#run.world, this.#rollout.policy.alarms, this.#second),
      hold: null,
      provisionedConcurrency: false,
      stackStatus: null,
      history: this.#rollout.policy.adaptive ? historyOf(this.#run.world, this.#now) : null,
      logs: this.#rollout.policy.evidence?.counts === 'logs' ? this.#probed() : null,
    };
    this.#rollout = preflight(this.#rollout, facts, this.#now, this.#timing).rollout;
  }

  #shift(): void {
    const before = this.#alias;
    const decision = shiftOf(this.#rollout, before);
    const move = moveFor(this.#rollout, decision);
    if (move.kind === 'foreign') {
      this.#rollout = notGiven(this.#rollout, decision, before, this.#now).rollout;
      return;
    }
    if (move.kind === 'write') {
      this.#alias = { ...move.to, description: move.description, revisionId: String(++this.#writes) };
      this.#run.give(shareOf(CANDIDATE, move.to), this.#second);
    }
    const revisions = movedOn(this.#rollout.revisions, [before.revisionId], this.#alias.revisionId);
    this.#rollout = given({ ...this.#rollout, revisions }, this.#timing, this.#now).rollout;
  }

  #observe(): void {
    const { world } = this.#run;
    const readable = this.#second - this.#timing.metrics.delaySeconds;
    this.#rollout = withPercentile(world, this.#rollout, this.#second, readable);
    const { policy, shiftedAt } = this.#rollout;
    const alarms = alarmsOf(world, policy.alarms, this.#second, shiftedAt);
    const observation = {
      alias: this.#alias,
      alarms,
      hold: null,
      candidateState: { state: 'Active', stateReason: '' },
      ...(readsLog(this.#rollout) ? this.#countsByLog() : this.#countsByMetrics()),
    };
    this.#rollout = observeStep(this.#rollout, [observation], this.#now).rollout;
  }

  #countsByMetrics() {
    const { world } = this.#run;
    const { periods, countedUntil, asked } = countsOf(world, this.#rollout, this.#timing.metrics, this.#now);
    if (asked && periods.length === 0) this.#second += SECOND_LOOK_SECONDS;
    return { periods, countedUntil, timing: this.#timing };
  }

  #countsByLog() {
    const [rollout, now] = [this.#rollout, this.#now];
    const memory = rollout.logs as LogMemory;
    const answer = this.#asked(questionOf(rollout, memory, now), now);
    const { metrics, ...seen } = readingOf(rollout, memory, answer, this.#timing.metrics, now);
    if (seen.logs.minutesBecause !== null) this.#logIsGivenUp = true;
    const beside = besideOf(this.#run.world, rollout, seen.logs, this.#timing.metrics, now);
    return { ...seen, ...beside, timing: { ...this.#timing, metrics } };
  }

  /** The first look at the log, in which its lag is measured. */
  #probed(): LogMemory {
    const now = this.#now;
    const range = { from: now - PROBED_SECONDS, until: now, changes: [], slowerThan: null, signals: [] };
    const question = { functionName: FUNCTION, group: '', stable: STABLE, candidate: CANDIDATE, ...range };
    return probed(newLogMemory(''), this.#asked(question, now));
  }

  #asked(question: LogQuestion, now: number): LogAnswer {
    this.#run.world.advanceTo(this.#second);
    const answer = logAnswerOf(this.#log, question, now);
    this.#second += QUERY_SECONDS;
    return answer;
  }

  /** Whether nothing woke the rollout: an alarm of its policy does. */
  #slept(seconds: number): boolean {
    const until = this.#second + seconds;
    while (this.#second < until) {
      this.#second = Math.min(until, (Math.floor(this.#second / MINUTE) + 1) * MINUTE);
      this.#run.world.advanceTo(this.#second);
      const fired = this.#alarms.splice(0).filter(({ state }) => state === 'ALARM');
      if (fired.some((alarm) => this.#concerns(alarm))) return false;
    }
    return true;
  }

  #concerns({ name, before, second, reason }: AlarmTransition): boolean {
    const { policy, ignoredAlarms } = this.#rollout;
    const event = { alarm: name, before, at: START + second, reason, stateMachineArn: '' };
    const concern = concernOf(policy, START, event, this.#now);
    return concern === 'revert' || (concern === 'unlessIgnored' && !ignoredAlarms.includes(name));
  }

  #reverted(): FinishedRun {
    this.#run.give(0, this.#second);
    return this.#finished();
  }

  #finished(): FinishedRun {
    return { endedAt: this.#second, outcomeAt: (second) => this.#run.outcomeAt(second) };
  }
}
