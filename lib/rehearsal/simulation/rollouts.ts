import type { StartInput } from '../../rollout/document/start.ts';
import { ALIAS, CANDIDATE, FUNCTION, STABLE, STACK } from '../names.ts';
import type { Behaviour } from '../scenario/behaviour.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Execution, ExecutionEnd } from '../services/execution.ts';
import type { RehearsedLambda } from '../services/lambda.ts';
import type { StepFunctions } from '../services/step-functions.ts';
import type { World } from '../world/world.ts';
import type { BackgroundWork } from './background-work.ts';
import type { Observer } from './observer.ts';
import type { Setup } from './setup.ts';
import type { VirtualTime } from './virtual-time.ts';

/** An execution of the state machine, with the versions that it is about; `candidate` is empty if it is no rollout. */
export interface RunningRollout {
  /** A redrive replaces it. */
  execution: Execution;
  readonly stable: string;
  readonly candidate: string;
}

/** Everything that rollouts start from and act on. */
export interface RolloutsParts {
  readonly scenario: Scenario;
  readonly setup: Setup;
  readonly lambda: RehearsedLambda;
  readonly world: World;
  readonly stepFunctions: StepFunctions;
  readonly time: VirtualTime;
  readonly background: BackgroundWork;
  readonly observer: Observer;
  /** Sends the event of an execution's end. */
  readonly announceEnd: (execution: Execution, end: ExecutionEnd) => Promise<void>;
}

/** All executions of the state machine in one rehearsal, oldest first. */
export class Rollouts {
  readonly all: RunningRollout[] = [];
  /** How each execution ended that has ended. */
  readonly ends = new Map<Execution, ExecutionEnd>();
  /** Whether any execution has ended, even if it was redriven since. */
  haveEnded = false;
  /** By the name of an execution: the delivery of the event of its end. */
  readonly #announced = new Map<string, Promise<void>>();
  readonly #parts: RolloutsParts;

  constructor(parts: RolloutsParts) {
    this.#parts = parts;
  }

  /** The rollout that the scenario describes; undefined before it was started. */
  get first(): RunningRollout | undefined {
    return this.all[0];
  }

  /** The rollout that was started last. */
  get latest(): RunningRollout {
    return this.all.findLast(({ candidate }) => candidate !== '') as RunningRollout;
  }

  /** The rollout that waits for a person's answer, the newest one if several do; undefined if none does. */
  get waiting(): RunningRollout | undefined {
    return this.all.findLast(({ execution }) => execution.waitingToken() !== undefined);
  }

  /** Publishes a version and starts its rollout, as a stack does. */
  async deploy(behaviour: Behaviour): Promise<RunningRollout> {
    const { scenario, setup, lambda, world } = this.#parts;
    const candidate = String(Number(CANDIDATE) + this.all.length);
    lambda.publish(candidate);
    world.addVersion(candidate, behaviour);
    const input: StartInput = {
      function: FUNCTION,
      alias: ALIAS,
      version: candidate,
      policy: scenario.policy,
      stack: STACK,
      startedBy: 'the rehearsal',
      provisionedConcurrency: setup.provisionedConcurrency ?? null,
    };
    return this.#start(`rehearsal-${candidate}`, input, candidate);
  }

  /** StartExecution with any input. It may be no rollout at all. */
  async startByHand(name: string, input: unknown): Promise<void> {
    await this.#start(name, input, String((input as { version?: unknown } | null)?.version ?? ''));
  }

  /** RedriveExecution of the latest rollout. It does nothing if that one is under way or has succeeded. */
  async redriveLatest(): Promise<void> {
    const running = this.latest;
    const end = this.ends.get(running.execution);
    if (!end || end.status === 'SUCCEEDED') return;
    this.ends.delete(running.execution);
    running.execution = await this.#parts.stepFunctions.redrive(running.execution);
    this.#follow(running);
  }

  /** Waits until the event of an execution's end has been delivered. */
  async endAnnounced({ execution }: RunningRollout): Promise<void> {
    await this.#announced.get(execution.name);
  }

  async #start(name: string, input: unknown, candidate: string): Promise<RunningRollout> {
    const { lambda, stepFunctions } = this.#parts;
    const stable = lambda.alias?.functionVersion ?? STABLE;
    const execution = await stepFunctions.start(name, input);
    const running = { execution, stable, candidate };
    this.all.push(running);
    this.#follow(running);
    return running;
  }

  #follow({ execution }: RunningRollout): void {
    const { observer, time, background, announceEnd } = this.#parts;
    observer.onExecution?.(execution, time.second());
    const announced = execution.ended.then((end) => {
      this.ends.set(execution, end);
      this.haveEnded = true;
      observer.onEnd?.(execution, end);
      return announceEnd(execution, end);
    });
    this.#announced.set(execution.name, announced);
    background.add(announced);
  }
}
