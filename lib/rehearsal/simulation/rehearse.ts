import { LambdaServiceException } from '@aws-sdk/client-lambda';
import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { type AliasState, allTrafficTo, inPercent, shareOf } from '../../rollout/alias/alias.ts';
import { ownerOf } from '../../rollout/alias/description.ts';
import { TIMING_VARIABLE } from '../../rollout/contracts/environment.ts';
import { isDeliberate, SWEEP_SECONDS } from '../../rollout/contracts/events.ts';
import { revertByDescription } from '../../rollout/decisions/revert.ts';
import { dollars } from '../../rollout/document/cost.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { cloudWatchTiming, type Timing } from '../../rollout/observation.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import type { Behaviour, Delivery, OperatorAction, Scenario } from '../scenario/scenario.ts';
import { type RecordedCall, RehearsedAws } from '../services/aws.ts';
import { type AliasChange, RehearsedLambda } from '../services/lambda.ts';
import { MACHINE } from '../services/machine.ts';
import { type Execution, type ExecutionEnd, StepFunctions, type TaskRun } from '../services/step-functions.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { createRandom } from '../world/random.ts';
import { World } from '../world/world.ts';
import type { ControllerUnderTest } from './controller.ts';
import { EventDelivery } from './event-delivery.ts';
import { Faults } from './faults.ts';
import { currentInvocation, invocations } from './invocation.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import type { Observer } from './observer.ts';
import { performAction } from './operator.ts';
import { OPERATOR } from './operator-name.ts';
import { outcomeOf, type RehearsalResult, reasonOf } from './result.ts';
import type { Actor, Setup } from './setup.ts';
import { Timeline } from './timeline.ts';
import { EPOCH, inVirtualTime, pause, type VirtualTime } from './virtual-time.ts';

/** A result, and the calls behind it, each with the role that must allow it. */
export interface Rehearsal {
  readonly result: RehearsalResult;
  readonly calls: readonly RecordedCall[];
  /** Execution environments that are configured at the end, by version. */
  readonly provisionedConcurrency: Readonly<Record<string, number>>;
  /** How many calls of each name and events of each kind there were until everything had come to rest. */
  readonly counted: { readonly calls: Faults['counted']; readonly events: EventDelivery['counted'] };
}

const STABLE = '41';
const CANDIDATE = '42';
const FUNCTION = 'checkout';
const ALIAS = 'live';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/rehearsal';

/** How long traffic goes the old way after a write, where a scenario says so: "seconds, not minutes" (recorded on AWS). */
const OLD_ROUTING_SECONDS = 7;

/** How often the synthesized rule has executions looked through that ended badly. */
const SWEEP_INTERVAL_SECONDS = 300;

/**
 * Rehearses a scenario: runs the synthesized state machine with the real handlers against AWS in virtual time, until every
 * rollout has ended. Same scenario and seed, same result, to the byte.
 */
export async function rehearse(
  scenario: Scenario,
  controller: ControllerUnderTest,
  observer: Observer = {},
  people: readonly Actor[] = [],
  setup: Setup = {},
): Promise<Rehearsal> {
  const acts = [...scenario.operator, ...scenario.aws.map(({ operator }) => operator)];
  if (acts.some((act) => act?.do === 'command')) await controller.commands?.load();
  const random = createRandom(scenario.seed);
  return inVirtualTime(random.fork('back-off'), (time) =>
    new Simulation(scenario, controller, observer, setup, time).play(people),
  );
}

interface RunningRollout {
  /** A redrive makes another one of it. */
  execution: Execution;
  readonly stable: string;
  readonly candidate: string;
}

/** Everything that takes part in one rehearsal. */
class Simulation {
  readonly #scenario: Scenario;
  readonly #controller: ControllerUnderTest;
  readonly #observer: Observer;
  readonly #setup: Setup;
  readonly #time: VirtualTime;
  readonly #world: World;
  readonly #lambda: RehearsedLambda;
  readonly #faults: Faults;
  readonly #deliveries: EventDelivery;
  readonly #aws: RehearsedAws;
  readonly #runtime: LambdaRuntime;
  readonly #stepFunctions: StepFunctions;
  readonly #plan;
  readonly #rollouts: RunningRollout[] = [];
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #timeline: Timeline;
  readonly #ends = new Map<Execution, ExecutionEnd>();
  /** By execution: the delivery of the event that tells of its end. */
  readonly #told = new Map<string, Promise<void>>();
  #fullTrafficAt: number | null = null;
  #revertedAt: number | null = null;
  /** The next write takes some seconds to show, and from when on the last such one shows. */
  #oldRouting = false;
  #routedFrom = 0;
  /** Deploys and redrives that the operator has still before them: until then nothing is over. */
  #startsToCome: number;
  #peopleToCome = 0;
  #byHand = 0;

  constructor(
    scenario: Scenario,
    controller: ControllerUnderTest,
    observer: Observer,
    setup: Setup,
    time: VirtualTime,
  ) {
    this.#scenario = scenario;
    this.#controller = controller;
    this.#observer = observer;
    this.#setup = setup;
    this.#timeline = new Timeline((entry) => observer.onEvent?.(entry));
    this.#time = time;
    this.#plan = planOf(scenario.policy);
    this.#startsToCome = scenario.operator.filter(startsSomething).length;
    this.#world = new World({
      requestsPerSecond: scenario.traffic.requestsPerSecond,
      stable: { version: STABLE, errorRate: scenario.stable.errorRate },
      candidate: CANDIDATE,
      incidents: scenario.incidents,
      alarms: scenario.alarms,
      seed: scenario.seed,
      onAlarm: (alarm) => this.#onAlarm(alarm),
    });
    this.#lambda = new RehearsedLambda({ functionName: FUNCTION, aliasName: ALIAS }, STABLE, (change) =>
      this.#onAliasChange(change),
    );
    this.#provisionFromBefore();
    this.#faults = new Faults(scenario.aws);
    this.#deliveries = new EventDelivery(scenario.events ?? []);
    this.#aws = new RehearsedAws({
      lambda: this.#lambda,
      world: this.#world,
      faults: this.#faults,
      time,
      metricDelaySeconds: scenario.metrics.delaySeconds,
      watch: {
        onCall: (call, fate) => {
          this.#oldRouting = fate === 'oldRouting';
          observer.onCall?.(call, fate, time.second());
        },
        onAnswer: (told) => observer.onAnswer?.(told, time.second()),
        act: (each) => invocations.exit(() => this.#act(each)),
      },
    });
    const timing: Timing = { metrics: scenario.metrics, alarms: cloudWatchTiming.alarms };
    this.#runtime = new LambdaRuntime(controller.handlers, controller.synthesized.functions, {
      aws: this.#aws,
      time,
      environment: { [TIMING_VARIABLE]: JSON.stringify(timing) },
    });
    this.#aws.executions = () =>
      this.#rollouts.toReversed().map(({ execution }) => described(execution, this.#ends.get(execution)));
    this.#aws.historyOf = (arn) =>
      this.#rollouts.find(({ execution }) => execution.arn === arn)?.execution.history() ?? [];
    const { provisionedConcurrency } = setup;
    this.#aws.registration = { schema: 1, stateMachineArn: MACHINE, policy: scenario.policy, provisionedConcurrency };
    this.#aws.start = (name, input) => this.#startByHand(name, input);
    this.#aws.stop = (arn) => {
      const stopped = this.#rollouts.find(({ execution }) => execution.arn === arn)?.execution;
      if (!stopped) return;
      observer.onOperatorAction?.({ do: 'stopExecution' }, stopped.name, time.second());
      stopped.stop();
    };
    this.#aws.succeedTask = (token, output) => {
      const waiting = this.#rollouts.find(({ execution }) => execution.waitingToken() === token)?.execution;
      if (waiting) observer.onOperatorAction?.({ do: 'approve' }, waiting.name, time.second());
      this.#stepFunctions.succeed(token, output);
    };
    this.#aws.failTask = (token, error, cause) => this.#stepFunctions.fail(token, error, cause);
    this.#stepFunctions = new StepFunctions(controller.synthesized.definition, {
      runtime: this.#runtime,
      time,
      onTask: (run) => this.#onTask(run),
      onState: (entry) => observer.onState?.(entry, time.second()),
    });
  }

  #provisionFromBefore(): void {
    const { provisionedConcurrency, provisioningFails } = this.#setup;
    if (provisionedConcurrency !== undefined) {
      const config = {
        FunctionName: FUNCTION,
        Qualifier: STABLE,
        ProvisionedConcurrentExecutions: provisionedConcurrency,
      };
      this.#lambda.putProvisionedConcurrencyConfig(config, Number.NEGATIVE_INFINITY);
    }
    if (provisioningFails) this.#lambda.failingInits.add(CANDIDATE);
  }

  async play(people: readonly Actor[]): Promise<Rehearsal> {
    const everyFiveMinutes = setInterval(() => this.#underWayUntil(this.#sweep()), SWEEP_INTERVAL_SECONDS * 1000);
    const everyMinute = setInterval(() => this.#world.advanceTo(this.#time.second()), 60_000);
    const cues = this.#scenario.operator.map((action) =>
      setTimeout(() => {
        if (startsSomething(action)) this.#startsToCome--;
        this.#act(action);
      }, action.atSecond * 1000),
    );
    for (const { atSecond, does } of people) {
      this.#peopleToCome++;
      setTimeout(() => {
        this.#peopleToCome--;
        this.#underWayUntil(does(this.#aws.clientsFor(OPERATOR)));
      }, atSecond * 1000);
    }
    const first = await this.#deploy(this.#scenario.candidate);
    const end = await this.#endOf(first);
    const deliberate = end.status === 'SUCCEEDED' || isDeliberate(end.error);
    // An execution that ended badly is over when the event of its end has put the alias back.
    if (!deliberate) await this.#told.get(first.execution.name);
    const result = this.#conclude(first, end);
    do {
      await this.#runtime.idle();
      if (this.#isLeft()) await pause(SWEEP_INTERVAL_SECONDS);
      await (this.#underWay.size > 0 || this.#nobodyIsToCome() ? Promise.all(this.#underWay) : pause(1));
    } while (this.#underWay.size > 0 || !this.#nobodyIsToCome() || this.#isLeft());
    clearInterval(everyFiveMinutes);
    clearInterval(everyMinute);
    cues.forEach(clearTimeout);
    return {
      result: { ...result, alias: this.#aliasNow() },
      calls: this.#aws.calls,
      provisionedConcurrency: this.#lambda.provisionedConcurrency,
      counted: { calls: this.#faults.counted, events: this.#deliveries.counted },
    };
  }

  #nobodyIsToCome(): boolean {
    return this.#startsToCome === 0 && this.#peopleToCome === 0;
  }

  /** How a rollout ended at last: one that is to be redriven goes on. */
  async #endOf(running: RunningRollout): Promise<ExecutionEnd> {
    const { execution } = running;
    const end = await execution.ended;
    const redrives = this.#scenario.operator.some((action) => action.do === 'redrive');
    while (redrives && this.#startsToCome > 0 && running.execution === execution) await pause(1);
    return running.execution === execution ? end : this.#endOf(running);
  }

  /** The rule that comes every five minutes; what it does is nothing while every execution ended as it should. */
  async #sweep(): Promise<void> {
    if (this.#ends.size > 0) await this.#deliverRevert({ trigger: 'sweep', stateMachineArn: MACHINE });
  }

  /** Whether the alias shows weights of a rollout that has ended: the next sweep takes them away. */
  #isLeft(): boolean {
    const { alias } = this.#lambda;
    const execution = alias && ownerOf(alias)?.execution;
    const ended = [...this.#ends].find(([{ name }]) => name === execution)?.[1];
    if (!execution || !ended || this.#time.second() - ended.second > SWEEP_SECONDS) return false;
    const planned = isDeliberate(ended.error) ? [] : this.#plan.steps.map(({ weight }) => weight);
    return ended.status !== 'SUCCEEDED' && revertByDescription(alias, { execution, planned }).kind === 'write';
  }

  /** What AWS refuses a person, such as a version that does not exist, changes nothing. */
  #act(action: OperatorAction): void {
    const { execution } = this.#latest();
    this.#observer.onOperatorAction?.(action, execution.name, this.#time.second());
    if (action.do === 'command') {
      this.#underWayUntil(this.#controller.commands?.run(action.command, this.#aws.clientsFor(OPERATOR)));
      return;
    }
    if (action.do === 'start') {
      this.#byHand++;
      this.#underWayUntil(this.#startByHand(`by-hand-${this.#byHand}`, action.input));
      return;
    }
    try {
      performAction(action, {
        lambda: this.#lambda,
        stepFunctions: this.#stepFunctions,
        plan: this.#plan,
        latest: () => this.#latest(),
        deploy: ({ candidate }) => this.#underWayUntil(this.#deploy(candidate)),
        redrive: () => this.#underWayUntil(this.#redrive(this.#latest())),
      });
    } catch (error) {
      if (!(error instanceof LambdaServiceException)) throw error;
    }
  }

  /** The rollout that was started last. */
  #latest(): RunningRollout {
    return this.#rollouts.findLast(({ candidate }) => candidate !== '') as RunningRollout;
  }

  /** What somebody starts may be no rollout at all. */
  async #startByHand(name: string, input: unknown): Promise<void> {
    await this.#start(name, input, String((input as { version?: unknown } | null)?.version ?? ''));
  }

  async #deploy(behaviour: Behaviour): Promise<RunningRollout> {
    const candidate = String(Number(CANDIDATE) + this.#rollouts.length);
    this.#lambda.publish(candidate);
    this.#world.addVersion(candidate, behaviour);
    const input: StartInput = {
      function: FUNCTION,
      alias: ALIAS,
      version: candidate,
      policy: this.#scenario.policy,
      stack: STACK,
      startedBy: 'the rehearsal',
      provisionedConcurrency: this.#setup.provisionedConcurrency ?? null,
    };
    return this.#start(`rehearsal-${candidate}`, input, candidate);
  }

  async #start(name: string, input: unknown, candidate: string): Promise<RunningRollout> {
    const stable = this.#lambda.alias?.functionVersion ?? STABLE;
    const execution = await this.#stepFunctions.start(name, input);
    const running = { execution, stable, candidate };
    this.#rollouts.push(running);
    this.#follow(running);
    return running;
  }

  async #redrive(running: RunningRollout): Promise<void> {
    const end = this.#ends.get(running.execution);
    if (!end || end.status === 'SUCCEEDED') return;
    this.#ends.delete(running.execution);
    running.execution = await this.#stepFunctions.redrive(running.execution);
    this.#follow(running);
  }

  #follow({ execution }: RunningRollout): void {
    this.#observer.onExecution?.(execution, this.#time.second());
    const told = execution.ended.then((end) => {
      this.#ends.set(execution, end);
      this.#observer.onEnd?.(execution, end);
      return this.#tellEventBridge(execution, end);
    });
    this.#told.set(execution.name, told);
    this.#underWayUntil(told);
  }

  /** `Step Functions Execution Status Change`, for the statuses that the synthesized rule names. */
  async #tellEventBridge(execution: Execution, end: ExecutionEnd): Promise<void> {
    if (end.status === 'SUCCEEDED') return;
    await this.#deliver('executionEnded', {
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: {
        executionArn: execution.arn,
        name: execution.name,
        status: end.status,
        input: JSON.stringify(execution.input),
        error: end.error,
        cause: end.cause,
        output: null,
      },
    });
  }

  #onAlarm(alarm: AlarmTransition): void {
    if (alarm.state !== 'ALARM' || this.#timeline.isOver) return;
    this.#timeline.tell({
      second: alarm.second,
      event: 'alarm',
      weight: this.#weight(),
      reason: `${alarm.name}: ${alarm.reason}`,
    });
    if (!this.#scenario.policy.alarms.includes(alarm.name)) return;
    this.#underWayUntil(
      this.#deliver('alarm', {
        trigger: 'alarm',
        function: FUNCTION,
        alias: ALIAS,
        alarm: alarm.name,
        stateMachineArn: MACHINE,
        reason: alarm.reason,
        time: new Date(EPOCH + alarm.second * 1000).toISOString(),
      }),
    );
  }

  async #deliver(kind: Delivery['event'], event: unknown): Promise<void> {
    await Promise.all(
      this.#deliveries.delaysOf(kind).map(async (delay) => {
        await pause(delay);
        await this.#deliverRevert(event);
      }),
    );
  }

  /** EventBridge invokes the revert function; what it put back is told with its reason. */
  async #deliverRevert(event: unknown): Promise<void> {
    const answer = (await this.#runtime.deliver('revert', event)) as { reverted?: boolean; reason?: string };
    if (!answer.reverted) return;
    this.#timeline.tell({ second: this.#time.second(), event: 'reverted', weight: 0, reason: answer.reason ?? '' });
  }

  #onAliasChange({ by, before, after }: AliasChange): void {
    const second = this.#time.second();
    this.#observer.onAliasChange?.({ by, before, after }, currentInvocation(), second);
    this.#route(second);
    const was = shareOf(CANDIDATE, before);
    const is = shareOf(CANDIDATE, after);
    if (is === 100) this.#fullTrafficAt ??= second;
    if (was > 0 && is === 0) {
      this.#revertedAt ??= second;
      if (by === OPERATOR)
        this.#timeline.tell({ second, event: 'reverted', weight: 0, reason: 'put back by the operator' });
    }
  }

  /** Where a scenario says so, traffic goes the old way for some seconds, and what is written meanwhile comes no sooner. */
  #route(second: number): void {
    if (this.#oldRouting) this.#routedFrom = second + OLD_ROUTING_SECONDS;
    this.#oldRouting = false;
    const left = this.#routedFrom - second;
    if (left < 0.001) this.#world.setRouting(this.#lambda.alias as AliasState, second);
    else this.#underWayUntil(pause(left).then(() => this.#route(this.#time.second())));
  }

  #onTask(run: TaskRun): void {
    const { execution, state, output } = run;
    this.#observer.onTask?.(run, this.#time.second());
    if (execution !== this.#rollouts[0]?.execution.name && this.#rollouts.length > 0) return;
    const rollout = output as Rollout;
    this.#timeline.follow(rollout.journal ?? []);
    if (state !== 'Observe') return;
    this.#world.advanceTo(this.#time.second());
    const { [STABLE]: stable, [CANDIDATE]: candidate } = this.#world.totals;
    this.#observer.onSnapshot?.({
      second: this.#time.second(),
      rollout,
      requests: { stable: stable?.requests ?? 0, candidate: candidate?.requests ?? 0 },
      failures: { stable: stable?.failures ?? 0, candidate: candidate?.failures ?? 0 },
    });
  }

  #conclude({ candidate }: RunningRollout, end: ExecutionEnd): RehearsalResult {
    const second = this.#time.second();
    this.#world.advanceTo(second);
    const outcome = outcomeOf(end, this.#lambda.alias, { stable: STABLE, candidate: CANDIDATE });
    const { totals } = this.#world;
    const sum = (field: 'requests' | 'failures') => (totals[STABLE]?.[field] ?? 0) + (totals[CANDIDATE]?.[field] ?? 0);
    const faultAt = this.#world.faultBeganAt(candidate);
    const reverted = this.#revertedAt;
    return {
      outcome,
      reason: reasonOf(end, outcome),
      versions: { stable: STABLE, candidate: CANDIDATE },
      alias: this.#aliasNow(),
      timeline: this.#timeline.entries,
      seconds: {
        toFullTraffic: this.#fullTrafficAt === null ? null : Math.round(this.#fullTrafficAt),
        faultToRevert:
          faultAt !== null && reverted !== null && reverted >= faultAt ? Math.round(reverted - faultAt) : null,
        total: Math.round(second),
      },
      requests: {
        total: sum('requests'),
        stable: totals[STABLE]?.requests ?? 0,
        candidate: totals[CANDIDATE]?.requests ?? 0,
      },
      failures: {
        total: sum('failures'),
        candidate: totals[CANDIDATE]?.failures ?? 0,
        excess: Math.round(this.#world.excessFailures(CANDIDATE) * 10) / 10 || 0,
      },
      cost: this.#cost(),
    };
  }

  #aliasNow(): RehearsalResult['alias'] {
    return inPercent(this.#lambda.alias ?? allTrafficTo(''));
  }

  #cost(): RehearsalResult['cost'] {
    const usage = {
      stateTransitions: this.#rollouts[0]?.execution.transitions() ?? 0,
      lambdaInvocations: this.#runtime.invocationCount,
      awsCalls: this.#faults.counted,
    };
    return { ...usage, usd: dollars(usage) };
  }

  #weight(): number {
    return this.#lambda.alias ? shareOf(CANDIDATE, this.#lambda.alias) : 0;
  }

  #underWayUntil(promise: Promise<unknown> = Promise.resolve()): void {
    const tracked = promise.catch(() => {}).finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}

/** Whether an action makes an execution run that did not run before. */
const startsSomething = (action: OperatorAction): boolean =>
  ['deploy', 'redrive', 'command', 'start'].includes(action.do);

/** An execution as DescribeExecution tells of it. */
export const described = (
  { arn, name, input, startedAt }: Execution,
  end: ExecutionEnd | undefined,
): DescribeExecutionCommandOutput => ({
  $metadata: {},
  executionArn: arn,
  stateMachineArn: MACHINE,
  name,
  status: end?.status ?? 'RUNNING',
  startDate: new Date(startedAt),
  stopDate: end && new Date(EPOCH + end.second * 1000),
  input: JSON.stringify(input),
  output: end?.status === 'SUCCEEDED' ? JSON.stringify(end.output) : undefined,
  error: end?.error ?? undefined,
  cause: end?.cause ?? undefined,
});
