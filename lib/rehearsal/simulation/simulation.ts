import { servedBy } from '../../rollout/alias/alias.ts';
import { TIMING_VARIABLE } from '../../rollout/contracts/environment.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { cloudWatchTiming, type Timing } from '../../rollout/observation.ts';
import { ALIAS, CANDIDATE, FUNCTION, MACHINE, STABLE } from '../names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { curveOf } from '../scenario/traffic.ts';
import { type CallObserver, RehearsedAws } from '../services/aws.ts';
import type { TaskRun } from '../services/execution.ts';
import { type AliasChange, RehearsedLambda, type StateChange } from '../services/lambda.ts';
import { StepFunctions } from '../services/step-functions.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { World } from '../world/world.ts';
import { BackgroundWork } from './background-work.ts';
import { CandidateShares, candidateShare } from './candidate-shares.ts';
import type { ControllerUnderTest } from './controller.ts';
import { EventBridge } from './event-bridge.ts';
import { EventDelivery } from './event-delivery.ts';
import { Faults } from './faults.ts';
import { currentInvocation, invocations } from './invocation.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import type { Observer } from './observer.ts';
import { Operators } from './operators.ts';
import { Rollouts } from './rollouts.ts';
import type { Setup } from './setup.ts';
import { stepFunctionsApi } from './step-functions-api.ts';
import { Timeline } from './timeline.ts';
import { totalsOf } from './totals.ts';
import { TrafficRouting } from './traffic-routing.ts';
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
  readonly shares: CandidateShares;
  readonly world: World;
  readonly lambda: RehearsedLambda;
  readonly routing: TrafficRouting;
  readonly faults: Faults;
  readonly deliveries: EventDelivery;
  readonly stepFunctions: StepFunctions;
  readonly rollouts: Rollouts;
  readonly aws: RehearsedAws;
  readonly runtime: LambdaRuntime;
  readonly eventBridge: EventBridge;
  readonly operators: Operators;
  readonly #observer: Observer;

  constructor(input: SimulationInput) {
    const { scenario, controller, observer, time } = input;
    const setup = setupOf(input);
    this.scenario = scenario;
    this.time = time;
    this.#observer = observer;
    this.timeline = new Timeline((entry) => observer.onEvent?.(entry));
    this.shares = new CandidateShares(this.timeline);
    this.world = worldOf(scenario, (alarm) => this.#onAlarm(alarm));
    this.lambda = lambdaOf(
      setup,
      (change) => this.#onAliasChange(change),
      (change) => this.#onVersionState(change),
    );
    this.routing = new TrafficRouting(this);
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
    this.operators = new Operators({ ...this.#shared(input), controller, aws: this.aws, rollouts: this.rollouts });
  }

  #shared({ observer }: SimulationInput) {
    const { scenario, time, background, world, lambda, stepFunctions } = this;
    return { scenario, time, background, world, lambda, stepFunctions, observer };
  }

  #aws({ scenario, observer, time }: SimulationInput, setup: Setup): RehearsedAws {
    const { lambda, world, faults, rollouts, stepFunctions } = this;
    const { policy } = scenario;
    const { provisionedConcurrency } = setup;
    return new RehearsedAws({
      lambda,
      world,
      faults,
      time,
      stepFunctions: stepFunctionsApi({ rollouts, stepFunctions, observer, time }),
      metricDelaySeconds: scenario.metrics.delaySeconds,
      registration: { schema: 1, stateMachineArn: MACHINE, policy, provisionedConcurrency },
      observer: this.#callObserver(observer),
    });
  }

  #callObserver(observer: Observer): CallObserver {
    return {
      onCall: (call, outcome) => {
        this.routing.delayed = outcome === 'oldRouting';
        observer.onCall?.(call, outcome, this.time.second());
      },
      onAnswer: (answer) => observer.onAnswer?.(answer, this.time.second()),
      act: (action) => invocations.exit(() => this.operators.act(action)),
    };
  }

  /** An idle version that was woken is active some time later. */
  #onVersionState({ version, state }: StateChange): void {
    this.world.setInvocable(version, state === 'Active', this.time.second());
    if (state !== 'Pending') return;
    this.background.add(pause(WAKING_SECONDS).then(() => this.#wakeUp(version)));
  }

  #wakeUp(version: string): void {
    if (this.lambda.versions.get(version)?.state === 'Pending') this.lambda.setState(version, 'Active');
  }

  #onAlarm(alarm: AlarmTransition): void {
    const { second, name, state, reason } = alarm;
    if (state !== 'ALARM' || this.timeline.isOver) return;
    const weight = candidateShare(this.lambda.alias);
    this.timeline.add({ second, event: 'alarm', weight, reason: `${name}: ${reason}` });
    if (this.scenario.policy.alarms.includes(name)) this.background.add(this.eventBridge.alarmFired(alarm));
  }

  #onAliasChange(change: AliasChange): void {
    const second = this.time.second();
    this.#observer.onAliasChange?.(change, currentInvocation(), second);
    this.routing.update();
    this.shares.update(change, second);
    this.#wakeThoseThatServe();
  }

  /** A request wakes an idle version, and fails. */
  #wakeThoseThatServe(): void {
    const served = this.lambda.alias ? servedBy(this.lambda.alias) : [];
    for (const version of served) {
      if (this.lambda.versions.get(version)?.state === 'Inactive') this.lambda.setState(version, 'Pending');
    }
  }

  /** The timeline and the snapshots are those of the first rollout. */
  #onTask(run: TaskRun): void {
    this.#observer.onTask?.(run, this.time.second());
    const { first } = this.rollouts;
    if (first && run.execution !== first.execution.name) return;
    const rollout = run.output as Rollout;
    this.timeline.follow(rollout.journal ?? []);
    if (run.state === 'Observe') this.#snapshot(rollout);
  }

  #snapshot(rollout: Rollout): void {
    const second = this.time.second();
    this.world.advanceTo(second);
    const [stable, candidate] = totalsOf(this.world);
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

/** A scenario's own keys count as the settings of the same names. */
const setupOf = ({ setup, scenario: { provisionedConcurrency } }: SimulationInput): Setup =>
  provisionedConcurrency === undefined ? setup : { ...setup, provisionedConcurrency };

const worldOf = (
  { traffic, stable, incidents, alarms, compositeAlarms = [], seed }: Scenario,
  onAlarm: (alarm: AlarmTransition) => void,
) =>
  new World({
    requestsPerSecond: curveOf(traffic),
    stable: { version: STABLE, ...stable },
    candidate: CANDIDATE,
    incidents,
    alarms,
    compositeAlarms,
    seed,
    onAlarm,
  });

/** The stable version has its provisioned concurrency since long ago. */
function lambdaOf(
  { provisionedConcurrency, provisioningFails }: Setup,
  onChange: (change: AliasChange) => void,
  onState: (change: StateChange) => void,
) {
  const lambda = new RehearsedLambda({ functionName: FUNCTION, aliasName: ALIAS }, STABLE, onChange, onState);
  if (provisionedConcurrency !== undefined) {
    const config = {
      FunctionName: FUNCTION,
      Qualifier: STABLE,
      ProvisionedConcurrentExecutions: provisionedConcurrency,
    };
    lambda.putProvisionedConcurrencyConfig(config, Number.NEGATIVE_INFINITY);
  }
  if (provisioningFails) lambda.failingInits.add(CANDIDATE);
  return lambda;
}
