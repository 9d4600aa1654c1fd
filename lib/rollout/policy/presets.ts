import type { Step } from './step.ts';

/**
 * CodeDeploy's predefined deployment configurations for Lambda, without their prefix `CodeDeployDefault.Lambda`.
 * Source: AWS CodeDeploy user guide, "Deployment configurations on an AWS Lambda compute platform".
 */
export const presetNames = [
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes',
  'AllAtOnce',
] as const;

/** The name of a predefined deployment configuration of CodeDeploy, without its prefix. */
export type PresetName = (typeof presetNames)[number];

/** The steps of a preset, as CodeDeploy takes them: it watches nothing after the last one. */
export function presetSteps(name: PresetName): Step[] {
  const [, kind, minutes] = /^(Canary|Linear)10Percent(?:Every)?(\d+)Minutes?$/.exec(name) ?? [];
  const bakeSeconds = Number(minutes) * 60;
  if (kind === 'Canary') return [automatic(10, bakeSeconds), automatic(100, 0)];
  if (kind === 'Linear') {
    return Array.from({ length: 10 }, (_, index) => automatic((index + 1) * 10, index === 9 ? 0 : bakeSeconds));
  }
  return [automatic(100, 0)];
}

const automatic = (weight: number, bakeSeconds: number): Step => ({ weight, bakeSeconds, approval: 'automatic' });
