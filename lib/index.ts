/** What a CDK user imports. */
export { RolloutController, type RolloutControllerProps, type RolloutTarget } from './constructs/controller.ts';
export { type PolicyInput, policySchema } from './rollout/policy.ts';
