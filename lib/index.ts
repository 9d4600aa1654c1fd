/** What a CDK user imports. */
export type { Deployment } from './branch/deployment.ts';
export { type BranchAliasOptions, BranchStack, type BranchStackProps } from './constructs/branch-stack.ts';
export { RolloutController, type RolloutControllerProps } from './constructs/controller.ts';
export { type DashboardAction, RolloutDashboard, type RolloutDashboardProps } from './constructs/dashboard.ts';
export type { DashboardTarget } from './constructs/dashboard-props.ts';
export type { ControllerFunction } from './constructs/definition.ts';
export { deploymentOf } from './constructs/deployment.ts';
export type { FunctionSettings } from './constructs/function-settings.ts';
export type { HookStage, RolloutHooks } from './constructs/hooks.ts';
export type { IRolloutController } from './constructs/imported-controller.ts';
export type { ManagedAlias, RolloutTarget } from './constructs/managed-alias.ts';
export type { GroupMember, GroupTarget, ManagedGroup } from './constructs/managed-group.ts';
export {
  type AdaptiveOptions,
  type BatchOptions,
  type CanaryOptions,
  type EvidenceOptions,
  type LatencyThreshold,
  type LogCondition,
  type LogSignalOptions,
  RolloutPolicy,
  type SignalOptions,
  type StepOptions,
} from './constructs/policy.ts';
export { RolloutAlias, type RolloutAliasProps } from './constructs/rollout-alias.ts';
export { RolloutGroup, type RolloutGroupProps } from './constructs/rollout-group.ts';
export type { MetricTiming, Timing } from './rollout/observation.ts';
export type { PresetName } from './rollout/policy/presets.ts';
export type { Approval } from './rollout/policy/step.ts';
