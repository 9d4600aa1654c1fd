import { TIMING_VARIABLE } from '../../rollout/contracts/environment.ts';
import type { Rollout } from '../../rollout/document/rollout.ts';
import { cloudWatchTiming, type Timing } from '../../rollout/observation.ts';
import { ALIAS, CANDIDATE, FUNCTION, MACHINE, STABLE } from '../names.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type CallObserver, RehearsedAws } from '../services/aws.ts';
import type { TaskRun } from '../services/execution.ts';
import { type AliasChange, RehearsedLambda } from '../services/lambda.ts';
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
import type { VirtualTime } from './virtual-time.ts';

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
    const { scenario, controller, observer, setup, time } = input;
    this.scenario = scenario;
    this.time = time;
    this.#observer = observer;
    this.timeline = new Timeline((entry) => observer.onEvent?.(entry));
    this.shares = new CandidateShares(this.timeline);
    this.world = worldOf(scenario, (alarm) => this.#onAlarm(alarm));
    this.lambda = lambdaOf(setup, (change) => this.#onAliasChange(change));
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
    this.aws = this.#aws(input);
    const timing: Timing = { metrics: scenario.metrics, alarms: cloudWatchTiming.alarms };
    this.runtime = new LambdaRuntime(controller.handlers, controller.synthesized.functions, {
      aws: this.aws,
      time,
      environment: { [TIMING_VARIABLE]: JSON.stringify(timing) },
    });
    this.eventBridge = new EventBridge(this);
    this.operators = new Operators({ ...this.#shared(input), controller, aws: this.aws, rollouts: this.rollouts });
  }

  #shared({ observer }: SimulationInput) {
    const { scenario, time, background, world, lambda, stepFunctions } = this;
    return { scenario, time, background, world, lambda, stepFunctions, observer };
  }

  #aws({ scenario, observer, setup, time }: SimulationInput): RehearsedAws {
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

  #onAlarm(alarm: AlarmTransition): void {
    const { second, name, state, reason } = alarm;
    if (state !== 'ALARM') return;
    const weight = candidateShare(this.lambda.alias);
    if (!this.timeline.isOver) this.timeline.add({ second, event: 'alarm', weight, reason: `${name}: ${reason}` });
    this.background.add(this.eventBridge.alarmFired(alarm));
  }

  #onAliasChange(change: AliasChange): void {
    const second = this.time.second();
    this.#observer.onAliasChange?.(change, currentInvocation(), second);
    this.routing.update();
    this.shares.update(change, second);
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

const worldOf = ({ traffic, stable, incidents, alarms, seed }: Scenario, onAlarm: (alarm: AlarmTransition) => void) =>
  new World({
    requestsPerSecond: traffic.requestsPerSecond,
    stable: { version: STABLE, errorRate: stable.errorRate },
    candidate: CANDIDATE,
    incidents,
    alarms,
    seed,
    onAlarm,
  });

/** The stable version has its provisioned concurrency since long ago. */
function lambdaOf({ provisionedConcurrency, provisioningFails }: Setup, onChange: (change: AliasChange) => void) {
  const lambda = new RehearsedLambda({ functionName: FUNCTION, aliasName: ALIAS }, STABLE, onChange);
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
