import { servedBy } from '../../rollout/alias/alias.ts';
import { TIMING_VARIABLE } from '../../rollout/contracts/environment.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { cloudWatchTiming, type Timing } from '../../rollout/observation.ts';
import { GROUP, MACHINE } from '../names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type CallObserver, RehearsedAws } from '../services/aws.ts';
import type { TaskRun } from '../services/execution.ts';
import type { AliasChange, RehearsedLambda, StateChange } from '../services/lambda.ts';
import { siteOf } from '../services/site.ts';
import { StepFunctions } from '../services/step-functions.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { BackgroundWork } from './background-work.ts';
import { candidateShare } from './candidate-shares.ts';
import type { ControllerUnderTest } from './controller.ts';
import { EventBridge } from './event-bridge.ts';
import { EventDelivery } from './event-delivery.ts';
import { Faults } from './faults.ts';
import { currentInvocation, invocations } from './invocation.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import { membersOf, type SimulatedMember } from './member.ts';
import type { Observer, WorldView } from './observer.ts';
import { Operators } from './operators.ts';
import { Rollouts } from './rollouts.ts';
import type { Setup } from './setup.ts';
import { stepFunctionsApi } from './step-functions-api.ts';
import { Timeline } from './timeline.ts';
import { totalsOf } from './totals.ts';
import { pause, type VirtualTime } from './virtual-time.ts';

/** The input of a simulation. */
export interface SimulationInput {
  readonly scenario: Scenario;
  readonly controller: ControllerUnderTest;
  readonly observer: Observer;
  readonly setup: Setup;
  readonly time: VirtualTime;
}

/** Everything that takes part in one rehearsal, wired together. Nothing has happened yet. */
export class Simulation {
  readonly scenario: Scenario;
  readonly time: VirtualTime;
  readonly background = new BackgroundWork();
  readonly timeline: Timeline;
  /** The members of the rollout, in their order; one alias is the only one. */
  readonly members: readonly SimulatedMember[];
  readonly faults: Faults;
  readonly deliveries: EventDelivery;
  readonly stepFunctions: StepFunctions;
  readonly rollouts: Rollouts;
  readonly aws: RehearsedAws;
  readonly runtime: LambdaRuntime;
  readonly eventBridge: EventBridge;
  readonly operators: Operators;
  /** The rollout at the last look; null before the first. */
  lastLook: Rollout | null = null;
  readonly #observer: Observer;

  constructor(input: SimulationInput) {
    const { scenario, controller, observer, time } = input;
    const setup = setupOf(input);
    this.scenario = scenario;
    this.time = time;
    this.#observer = observer;
    this.timeline = new Timeline((entry) => observer.onEvent?.(entry));
    this.members = membersOf({
      scenario,
      setup,
      time,
      timeline: this.timeline,
      background: this.background,
      onAlarm: (member, alarm) => this.#onAlarm(member, alarm),
      onAliasChange: (member, change) => this.#onAliasChange(member, change),
      onVersionState: (member, change) => this.#onVersionState(member, change),
    });
    this.faults = new Faults(scenario.aws);
    this.deliveries = new EventDelivery(scenario.events ?? []);
    this.stepFunctions = new StepFunctions(controller.synthesized.definition, {
      time,
      invoke: (arn, payload) => this.runtime.invokeArn(arn, payload),
      onTask: (run) => this.#onTask(run),
      onState: (entry) => observer.onState?.(entry, time.second()),
    });
    this.rollouts = new Rollouts({
      ...this.#shared(input),
      setup,
      announceEnd: (execution, end) => this.eventBridge.executionEnded(execution, end),
    });
    this.aws = this.#aws(input, setup);
    const timing: Timing = { metrics: scenario.metrics, alarms: cloudWatchTiming.alarms };
    this.runtime = new LambdaRuntime(controller.handlers, controller.synthesized.functions, {
      aws: this.aws,
      time,
      environment: { [TIMING_VARIABLE]: JSON.stringify(timing) },
      clocks: scenario.clocks ?? {},
    });
    this.eventBridge = new EventBridge(this);
    observer.onBegin?.(worldOfAll(this.members));
    this.operators = new Operators({ ...this.#shared(input), controller, aws: this.aws, rollouts: this.rollouts });
  }

  #shared({ observer }: SimulationInput) {
    const { scenario, time, background, members, stepFunctions } = this;
    return { scenario, time, background, members, stepFunctions, observer };
  }

  #aws({ scenario, observer, time }: SimulationInput, setup: Setup): RehearsedAws {
    const { faults, rollouts, stepFunctions } = this;
    const [{ lambda, world }, ...others] = this.members as readonly [SimulatedMember, ...SimulatedMember[]];
    const { policy } = scenario;
    const { provisionedConcurrency, group = scenario.members ? GROUP : undefined } = setup;
    return new RehearsedAws({
      lambda,
      world,
      others,
      faults,
      time,
      stepFunctions: stepFunctionsApi({ rollouts, stepFunctions, observer, time }),
      metricDelaySeconds: scenario.metrics.delaySeconds,
      signals: scenario.policy.evidence?.signals ?? [],
      ...(scenario.logs ? { logs: scenario.logs } : {}),
      registration: {
        schema: 1,
        stateMachineArn: MACHINE,
        policy,
        provisionedConcurrency,
        ...(group === undefined ? {} : { group }),
      },
      observer: this.#callObserver(observer),
    });
  }

  #callObserver(observer: Observer): CallObserver {
    return {
      onCall: (call, outcome, functionName) => {
        const { routing } = siteOf(this.members, functionName);
        routing.delayed = outcome === 'oldRouting';
        observer.onCall?.(call, outcome, this.time.second());
      },
      onAnswer: (answer) => observer.onAnswer?.(answer, this.time.second()),
      act: (action) => invocations.exit(() => this.operators.act(action)),
    };
  }

  /** An idle version that was woken is active some time later. */
  #onVersionState({ world, lambda }: SimulatedMember, { version, state }: StateChange): void {
    world.setInvocable(version, state === 'Active', this.time.second());
    if (state !== 'Pending') return;
    this.background.add(pause(WAKING_SECONDS).then(() => wakeUp(lambda, version)));
  }

  #onAlarm({ lambda, versions }: SimulatedMember, alarm: AlarmTransition): void {
    const { second, name, state, reason } = alarm;
    this.#observer.onAlarm?.(alarm);
    if (state !== 'ALARM') return;
    const weight = candidateShare(versions.candidate, lambda.alias);
    if (!this.timeline.isOver) this.timeline.add({ second, event: 'alarm', weight, reason: `${name}: ${reason}` });
    this.background.add(this.eventBridge.alarmFired(alarm));
  }

  #onAliasChange({ lambda, routing, shares }: SimulatedMember, change: AliasChange): void {
    const second = this.time.second();
    this.#observer.onAliasChange?.(change, currentInvocation(), second);
    routing.update();
    shares.update(change, second);
    wakeThoseThatServe(lambda);
  }

  /** The timeline and the snapshots are those of the first rollout. */
  #onTask(run: TaskRun): void {
    this.#observer.onTask?.(run, this.time.second());
    const { first } = this.rollouts;
    if (first && run.execution !== first.execution.name) return;
    const rollout = run.output as Rollout;
    this.timeline.follow(rollout.journal ?? []);
    if (run.state !== 'Observe') return;
    this.lastLook = rollout;
    this.#snapshot(rollout);
  }

  #snapshot(rollout: Rollout): void {
    const second = this.time.second();
    for (const { world } of this.members) world.advanceTo(second);
    const [stable, candidate] = totalsOf(this.members);
    this.#observer.onSnapshot?.({
      second,
      rollout,
      requests: { stable: stable.requests, candidate: candidate.requests },
      failures: { stable: stable.failures, candidate: candidate.failures },
    });
  }
}

/** How long an idle version takes until it is active again, in seconds: an assumption, nobody has recorded it. */
const WAKING_SECONDS = 60;

function wakeUp(lambda: RehearsedLambda, version: string): void {
  if (lambda.versions.get(version)?.state === 'Pending') lambda.setState(version, 'Active');
}

/** A request wakes an idle version, and fails. */
function wakeThoseThatServe(lambda: RehearsedLambda): void {
  const served = lambda.alias ? servedBy(lambda.alias) : [];
  for (const version of served) {
    if (lambda.versions.get(version)?.state === 'Inactive') lambda.setState(version, 'Pending');
  }
}

/** The worlds of all members as one to look at: no two of them have a version or an alarm of the same name. */
const worldOfAll = (members: readonly SimulatedMember[]): WorldView => {
  const [{ world: only }, ...others] = members as readonly [SimulatedMember, ...SimulatedMember[]];
  if (others.length === 0) return only;
  return {
    get alarms() {
      return members.flatMap(({ world }) => world.alarms);
    },
    get totals() {
      return Object.assign({}, ...members.map(({ world }) => world.totals));
    },
    counts: (version, ...asked) => members.flatMap(({ world }) => world.counts(version, ...asked)),
  };
};

/** A scenario's own keys count as the settings of the same names. */
const setupOf = ({ setup, scenario: { provisionedConcurrency } }: SimulationInput): Setup =>
  provisionedConcurrency === undefined ? setup : { ...setup, provisionedConcurrency };
