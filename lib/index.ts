/** What a CDK user imports. */
export { type BranchAliasOptions, BranchStage, type BranchStageProps } from './constructs/branch-stack.ts';
export { RolloutController, type RolloutControllerProps, type RolloutTarget } from './constructs/controller.ts';
export {
  RolloutAlias,
  type RolloutAliasProps,
  type RolloutHooks,
  type RolloutPolicy,
} from './constructs/rollout-alias.ts';
export { type PolicyInput, policySchema } from './rollout/policy/policy.ts';
