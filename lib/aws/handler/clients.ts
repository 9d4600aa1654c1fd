import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { HOOK_TIMEOUT_SECONDS } from '../lambda/hooks.ts';

/** The SDK clients that the controller's functions use. Each function makes and calls only some of them. */
export interface Clients {
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly events: EventBridgeClient;
  /** For announcements, which must not hold a rollout up: gives up soon. */
  readonly notifications: EventBridgeClient;
  readonly cloudformation: CloudFormationClient;
  readonly sfn: SFNClient;
  readonly ssm: SSMClient;
  /** For hooks alone: waits for as long as a function may run, and repeats nothing that may have run. */
  readonly hooks: LambdaClient;
}

/** Where a client calls and as whom. Whatever is left out comes from the environment that the code runs in. */
export interface Where {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * Five attempts with the SDK's back-off outlast a short burst of throttling; a request that hangs is given up after 5 s.
 * Both together stay below a function's own timeout for the two or three calls that a handler makes.
 */
export const settings = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const;

const hookSettings = {
  maxAttempts: 1,
  requestHandler: { ...settings.requestHandler, requestTimeout: HOOK_TIMEOUT_SECONDS * 1000 },
} as const;

const notificationSettings = {
  maxAttempts: 3,
  requestHandler: { ...settings.requestHandler, requestTimeout: 2000 },
} as const;

// One maker each, so that a bundle carries only the clients that its function asks for.
export const lambda = (where: Where = {}): LambdaClient => new LambdaClient({ ...settings, ...where });
export const cloudwatch = (where: Where = {}): CloudWatchClient => new CloudWatchClient({ ...settings, ...where });
export const events = (where: Where = {}): EventBridgeClient => new EventBridgeClient({ ...settings, ...where });
export const cloudformation = (where: Where = {}): CloudFormationClient =>
  new CloudFormationClient({ ...settings, ...where });
export const scheduler = (where: Where = {}): SchedulerClient => new SchedulerClient({ ...settings, ...where });
export const sfn = (where: Where = {}): SFNClient => new SFNClient({ ...settings, ...where });
export const hooks = (where: Where = {}): LambdaClient => new LambdaClient({ ...hookSettings, ...where });
export const ssm = (where: Where = {}): SSMClient => new SSMClient({ ...settings, ...where });
export const notifications = (where: Where = {}): EventBridgeClient =>
  new EventBridgeClient({ ...notificationSettings, ...where });
