import { ALIAS, versionsOfMember } from '../names.ts';
import { usualLog } from '../scenario/logs.ts';
import { type MemberScenario, membersIn, type Scenario } from '../scenario/scenario.ts';
import { curveOf } from '../scenario/traffic.ts';
import { type AliasChange, RehearsedLambda, type StateChange } from '../services/lambda.ts';
import type { Site } from '../services/site.ts';
import type { AlarmTransition } from '../world/alarms.ts';
import { World } from '../world/world.ts';
import type { BackgroundWork } from './background-work.ts';
import { CandidateShares } from './candidate-shares.ts';
import type { Setup } from './setup.ts';
import type { Timeline } from './timeline.ts';
import { TrafficRouting } from './traffic-routing.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A member of the scenario's rollout: its function with its traffic, and the versions that the rollout is about. */
export interface SimulatedMember extends Site {
  /** The name of its function. */
  readonly name: string;
  readonly versions: { readonly stable: string; readonly candidate: string };
  readonly routing: TrafficRouting;
  readonly shares: CandidateShares;
}

/** What the members of a rehearsal act on, and who hears of what happens to them. */
export interface MemberParts {
  readonly scenario: Scenario;
  readonly setup: Setup;
  readonly time: VirtualTime;
  readonly timeline: Timeline;
  readonly background: BackgroundWork;
  readonly onAlarm: (member: SimulatedMember, alarm: AlarmTransition) => void;
  readonly onAliasChange: (member: SimulatedMember, change: AliasChange) => void;
  readonly onVersionState: (member: SimulatedMember, change: StateChange) => void;
}

/** The members of a scenario, in their order; one alias is the only one. */
export const membersOf = (parts: MemberParts): readonly SimulatedMember[] =>
  membersIn(parts.scenario).map((spec, place) => memberOf(parts, spec, place));

function memberOf(parts: MemberParts, spec: MemberScenario, place: number): SimulatedMember {
  const { setup, time, timeline, background } = parts;
  const versions = versionsOfMember(place);
  const world = worldOf(parts.scenario, spec, place, (alarm) => parts.onAlarm(member, alarm));
  const lambda = lambdaOf(
    { name: spec.name, ...versions },
    setup,
    (change) => parts.onAliasChange(member, change),
    (change) => parts.onVersionState(member, change),
    spec.stable.memoryMegabytes,
  );
  lambda.logging = loggingOf(parts.scenario);
  const routing = new TrafficRouting({ lambda, world, time, background });
  const shares = new CandidateShares(versions.candidate, timeline);
  const member: SimulatedMember = { name: spec.name, versions, lambda, world, routing, shares };
  return member;
}

function worldOf(
  { incidents, compositeAlarms = [], seed }: Scenario,
  { traffic, stable, alarms }: MemberScenario,
  place: number,
  onAlarm: (alarm: AlarmTransition) => void,
) {
  const versions = versionsOfMember(place);
  return new World({
    requestsPerSecond: curveOf(traffic),
    stable: { version: versions.stable, ...stable },
    candidate: versions.candidate,
    incidents,
    alarms,
    compositeAlarms: place === 0 ? compositeAlarms : [],
    seed: seed + place,
    onAlarm,
  });
}

const loggingOf = ({ logs = usualLog }: Scenario) => ({ LogFormat: logs.format, SystemLogLevel: logs.systemLevel });

/** The stable version has its provisioned concurrency since long ago. */
function lambdaOf(
  { name, stable, candidate }: SimulatedMember['versions'] & { readonly name: string },
  { provisionedConcurrency, provisioningFails, ownerMark }: Setup,
  onChange: (change: AliasChange) => void,
  onState: (change: StateChange) => void,
  memory: number | undefined,
) {
  const lambda = new RehearsedLambda({ functionName: name, aliasName: ALIAS }, stable, onChange, onState, memory);
  if (ownerMark !== undefined && lambda.alias) lambda.alias = { ...lambda.alias, description: `[sluice:${ownerMark}]` };
  if (provisionedConcurrency !== undefined) {
    const config = {
      FunctionName: name,
      Qualifier: stable,
      ProvisionedConcurrentExecutions: provisionedConcurrency,
    };
    lambda.putProvisionedConcurrencyConfig(config, Number.NEGATIVE_INFINITY);
  }
  if (provisioningFails) lambda.failingInits.add(candidate);
  return lambda;
}
