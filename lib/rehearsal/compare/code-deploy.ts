import { type PresetName, presetSteps } from '../../rollout/policy/presets.ts';
import type { Strategy } from './strategy.ts';

/**
 * A deployment of CodeDeploy with alarms and automatic rollback, under one of its predefined configurations.
 *
 * A deployment does not start while an alarm is in ALARM, and is rolled back as soon as one goes there. An alarm without data is no
 * reason to stop. Nothing is watched after the last shift, which ends the deployment.
 *
 * Sources: AWS CodeDeploy user guide, "Deployment configurations on an AWS Lambda compute platform", "Monitoring deployments with
 * CloudWatch alarms in CodeDeploy" and "Redeploy and roll back a deployment with CodeDeploy". How long CodeDeploy takes to notice an
 * alarm is not documented: here it takes no time.
 */
export const codeDeploy = (configuration: PresetName): Strategy =>
  function* ({ firing }) {
    let second = 0;
    for (const { weight, bakeSeconds } of presetSteps(configuration)) {
      if (firing()) return 0;
      second += bakeSeconds;
      if (bakeSeconds > 0) yield { weight, until: second };
    }
    return firing() ? 0 : 100;
  };
