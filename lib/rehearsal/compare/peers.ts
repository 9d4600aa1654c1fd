import type { AlarmSpec } from '../scenario/alarm-spec.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { codeDeploy } from './code-deploy.ts';
import { flagger } from './flagger.ts';
import { follow } from './follow.ts';
import { kayenta } from './kayenta.ts';
import type { FinishedRun } from './run.ts';
import type { Strategy } from './strategy.ts';

/** The policies of others, by their names, in the order in which they are told. */
export const peers: Readonly<Record<string, (scenario: Scenario) => FinishedRun>> = {
  'CodeDeploy Canary10Percent5Minutes': watched(codeDeploy('Canary10Percent5Minutes')),
  'CodeDeploy Linear10PercentEvery1Minute': watched(codeDeploy('Linear10PercentEvery1Minute')),
  AllAtOnce: watched(codeDeploy('AllAtOnce')),
  Flagger: (scenario) => follow(scenario, flagger),
  'Argo Rollouts': (scenario) => follow(scenario, argoRollouts),
  Kayenta: (scenario) => follow(scenario, kayenta),
};

function watched(strategy: Strategy): (scenario: Scenario) => FinishedRun {
  return (scenario) => follow(scenario, strategy, alarmsFor(scenario));
}

/** The alarm of a policy that names none: more than 5 % of the alias's requests failed in two of three minutes. */
const usualAlarm: AlarmSpec = {
  name: 'errors',
  metric: 'errorRate',
  scope: 'alias',
  threshold: 0.05,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  treatMissingData: 'notBreaching',
  initialState: 'OK',
};

/** The alarms that CodeDeploy gets: those of the given policy, so that both are judged by the same ones; else the usual one. */
function alarmsFor({ alarms, policy }: Scenario): readonly AlarmSpec[] {
  const named = alarms.filter(({ name }) => policy.alarms.includes(name));
  return named.length > 0 ? named : [usualAlarm];
}
