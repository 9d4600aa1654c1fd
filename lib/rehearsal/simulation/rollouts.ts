import { requestedRollout } from '../../rollout/document/requested.ts';
import { functionNameOf, type StartInput } from '../../rollout/document/start.ts';
import { ALIAS, CANDIDATE, GROUP, STACK, versionsOfMember } from '../names.ts';
import type { Behaviour } from '../scenario/behaviour.ts';
import { type MemberScenario, membersIn, type Scenario } from '../scenario/scenario.ts';
import type { Execution, ExecutionEnd } from '../services/execution.ts';
import type { StepFunctions } from '../services/step-functions.ts';
import type { BackgroundWork } from './background-work.ts';
import type { SimulatedMember } from './member.ts';
import type { Observer } from './observer.ts';
import type { Setup } from './setup.ts';
import type { VirtualTime } from './virtual-time.ts';

/** An execution of the state machine, with the versions that it is about: none if it is no rollout. */
export interface RunningRollout {
  /** A redrive replaces it. */
  execution: Execution;
  /** Those of its members, by their names. */
  readonly versions: Readonly<Record<string, { readonly stable: string; readonly candidate: string }>>;
}

const noVersions = { stable: '', candidate: '' };

/** The versions of a member in a rollout: empty if it has no part in it. */
export const versionsIn = ({ versions }: RunningRollout, member: string) => versions[member] ?? noVersions;

/** A member that is deployed. */
interface Deployed {
  readonly name: string;
  readonly version: string;
  readonly spec: MemberScenario;
}

/** Everything that rollouts start from and act on. */
export interface RolloutsParts {
  readonly scenario: Scenario;
  readonly setup: Setup;
  readonly members: readonly SimulatedMember[];
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
    return this.all.findLast(({ versions }) => Object.keys(versions).length > 0) as RunningRollout;
  }

  /** The rollout that waits for a person's answer, the newest one if several do; undefined if none does. */
  get waiting(): RunningRollout | undefined {
    return this.all.findLast(({ execution }) => execution.waitingToken() !== undefined);
  }

  /**
   * Publishes a version and starts its rollout, as a stack does.
   *
   * @param only the one member that is deployed. @default all of them; then those behave as the scenario says, or all in one way
   */
  async deploy(behaviour?: Behaviour, only?: string): Promise<RunningRollout> {
    const { scenario, members } = this.#parts;
    const specs = membersIn(scenario);
    const deployed = members
      .map((member, place) => ({ member, place, spec: specs[place] as MemberScenario }))
      .filter(({ member }) => only === undefined || member.name === only)
      .map(({ member, place, spec }) => {
        const version = String(Number(versionsOfMember(place).candidate) + this.all.length);
        member.lambda.publish(version, (behaviour ?? spec.candidate).memoryMegabytes);
        member.world.addVersion(version, behaviour ?? spec.candidate);
        return { name: member.name, version, spec };
      });
    const versions = deployed.map(({ name, version }) => [name, version] as const);
    return this.#start(`rehearsal-${Number(CANDIDATE) + this.all.length}`, this.#inputOf(deployed), versions);
  }

  #inputOf(deployed: readonly Deployed[]): StartInput {
    const { scenario, setup } = this.#parts;
    const { policy } = scenario;
    const common = { policy, stack: STACK, startedBy: 'the rehearsal' };
    const provisionedConcurrency = setup.provisionedConcurrency ?? null;
    const aliases = deployed.map(({ name, version }) => ({
      function: name,
      alias: ALIAS,
      version,
      provisionedConcurrency,
    }));
    if (!scenario.members) return { ...(aliases[0] as (typeof aliases)[number]), ...common };
    const members = aliases.map((alias, index) => {
      const alarms = deployed[index]?.spec.alarms.map(({ name }) => name) ?? [];
      return { ...alias, alarms: alarms.filter((name) => policy.alarms.includes(name)) };
    });
    return { group: GROUP, members, ...common };
  }

  /** StartExecution with any input. It may be no rollout at all. */
  async startByHand(name: string, input: unknown): Promise<void> {
    const members = requestedRollout(input)?.members ?? [];
    const versions = members.map((member) => [functionNameOf(member.functionName), member.candidate ?? ''] as const);
    await this.#start(name, input, versions);
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

  async #start(
    name: string,
    input: unknown,
    candidates: readonly (readonly [name: string, candidate: string])[],
  ): Promise<RunningRollout> {
    const { members, stepFunctions } = this.#parts;
    const versions = candidates.map(([member, candidate]) => {
      const found = members.find((each) => each.name === member);
      return [member, { stable: found?.lambda.alias?.functionVersion ?? found?.versions.stable ?? '', candidate }];
    });
    const execution = await stepFunctions.start(name, input);
    const running = { execution, versions: Object.fromEntries(versions) };
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
