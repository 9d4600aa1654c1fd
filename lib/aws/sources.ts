import type { Timing } from '../rollout/observation.ts';
import type { Policy } from '../rollout/policy/policy.ts';
import { cloudWatchAlarms } from './cloudwatch/alarms.ts';
import { cloudWatchCounts } from './cloudwatch/counts.ts';
import type { AlarmSource, CountsSource, Environment, SourceClients, SourceKind } from './source.ts';
import type { Sources } from './step.ts';

/** A policy, as far as it says where its alarms and counts come from. */
interface Sourced {
  readonly evidence?: Pick<NonNullable<Policy['evidence']>, 'counts'> | undefined;
}

/** The sources of what CloudWatch's metrics count. A policy that counts by logs falls back to them. */
const countsKinds = { metrics: cloudWatchCounts, logs: cloudWatchCounts } as const satisfies Readonly<
  Record<NonNullable<Policy['evidence']>['counts'], SourceKind<CountsSource>>
>;

/** The sources of alarms. A policy names alarms of CloudWatch alone. */
const alarmKinds = { cloudwatch: cloudWatchAlarms } as const satisfies Readonly<
  Record<string, SourceKind<AlarmSource>>
>;

const kindsOf = ({ evidence }: Sourced) => ({
  counts: countsKinds[evidence?.counts ?? 'metrics'],
  alarms: alarmKinds.cloudwatch,
});

/** The sources that a policy asks for. */
export function sourcesOf(policy: Sourced, clients: SourceClients, environment: Environment): Sources {
  const { alarms, counts } = kindsOf(policy);
  return {
    alarms: alarms.create(clients, alarms.timingIn(environment)),
    counts: counts.create(clients, counts.timingIn(environment)),
  };
}

/** How old the data of these sources are, for whoever reads nothing of them. */
export function timingOf(policy: Sourced, environment: Environment): Timing {
  const { alarms, counts } = kindsOf(policy);
  return { alarms: alarms.timingIn(environment), metrics: counts.timingIn(environment) };
}
