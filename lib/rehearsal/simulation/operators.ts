import { LambdaServiceException } from '@aws-sdk/client-lambda';
import { planOf } from '../../rollout/policy/plan.ts';
import { OPERATOR } from '../names.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import { memberIn, type Scenario } from '../scenario/scenario.ts';
import type { RehearsedAws } from '../services/aws.ts';
import type { StepFunctions } from '../services/step-functions.ts';
import type { BackgroundWork } from './background-work.ts';
import type { ControllerUnderTest } from './controller.ts';
import type { SimulatedMember } from './member.ts';
import type { Observer } from './observer.ts';
import { type OperatorContext, performAction } from './operator-actions.ts';
import { type Rollouts, type RunningRollout, versionsIn } from './rollouts.ts';
import type { Actor } from './setup.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The people of a rehearsal, and everything that they act on. */
export interface OperatorsParts {
  readonly scenario: Scenario;
  readonly controller: ControllerUnderTest;
  readonly aws: RehearsedAws;
  readonly members: readonly SimulatedMember[];
  readonly stepFunctions: StepFunctions;
  readonly rollouts: Rollouts;
  readonly time: VirtualTime;
  readonly background: BackgroundWork;
  readonly observer: Observer;
}

/** Actions that make an execution run that did not run before. */
const starting: readonly OperatorAction['do'][] = ['deploy', 'redrive', 'command', 'start'];

/** The people who act in a rehearsal: the operator of the scenario, and actors with code of their own. */
export class Operators {
  readonly #parts: OperatorsParts;
  readonly #plan;
  /** Actions to come that start something, and actors to come: until then nothing is over. */
  #startsToCome: number;
  #actorsToCome = 0;
  #startedByHand = 0;

  constructor(parts: OperatorsParts) {
    this.#parts = parts;
    this.#plan = planOf(parts.scenario.policy);
    this.#startsToCome = parts.scenario.operator.filter((action) => starting.includes(action.do)).length;
  }

  /** Whether nobody who could start something is still to act. */
  get areDone(): boolean {
    return this.#startsToCome === 0 && this.#actorsToCome === 0;
  }

  /** Whether an ended execution may still be redriven. */
  get mayRedrive(): boolean {
    return this.#startsToCome > 0 && this.#parts.scenario.operator.some((action) => action.do === 'redrive');
  }

  /** Lets everybody act at their time. Call the returned function to cancel the operator's remaining actions. */
  schedule(actors: readonly Actor[]): () => void {
    const timers = this.#parts.scenario.operator.map((action) =>
      setTimeout(() => {
        if (starting.includes(action.do)) this.#startsToCome--;
        this.act(action);
      }, action.atSecond * 1000),
    );
    for (const { atSecond, does } of actors) {
      this.#actorsToCome++;
      setTimeout(() => {
        this.#actorsToCome--;
        this.#parts.background.add(does(this.#parts.aws.clientsFor(OPERATOR)));
      }, atSecond * 1000);
    }
    return () => timers.forEach(clearTimeout);
  }

  /** Acts at once. An action that AWS refuses, such as a version that does not exist, changes nothing. */
  act(action: OperatorAction): void {
    const { observer, rollouts, time } = this.#parts;
    const answers = action.do === 'approve' || action.do === 'reject';
    const rollout = (answers ? rollouts.waiting : undefined) ?? rollouts.latest;
    observer.onOperatorAction?.(action, rollout.execution.name, time.second());
    try {
      performAction(action, this.#contextOf(action, rollout));
    } catch (error) {
      if (!(error instanceof LambdaServiceException)) throw error;
    }
  }

  #contextOf(action: OperatorAction, rollout: RunningRollout): OperatorContext {
    const { controller, aws, members, stepFunctions, rollouts, background, time } = this.#parts;
    const named = memberIn(action);
    const member = members.find(({ name }) => name === named) ?? (members[0] as SimulatedMember);
    const versions = versionsIn(rollout, member.name);
    return {
      lambda: member.lambda,
      worlds: members.map(({ world }) => world),
      second: time.second(),
      stepFunctions,
      plan: this.#plan,
      rollout: { execution: rollout.execution, ...versions },
      deploy: ({ candidate }) => background.add(rollouts.deploy(candidate, named)),
      redrive: () => background.add(rollouts.redriveLatest()),
      command: ({ command }) => background.add(controller.commands?.run(command, aws.clientsFor(OPERATOR))),
      start: ({ input }) => {
        this.#startedByHand++;
        background.add(rollouts.startByHand(`by-hand-${this.#startedByHand}`, input));
      },
    };
  }
}
