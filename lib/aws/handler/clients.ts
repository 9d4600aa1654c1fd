import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { HOOK_TIMEOUT_SECONDS } from '../lambda/hooks.ts';
import { type CallBudget, pinnedRetries } from './retries.ts';

/** The SDK clients that the controller's functions use. Each function makes and calls only some of them. */
export interface Clients {
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
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

/** How long a connection may take to be made, in milliseconds. */
const CONNECTION = 2000;

const settingsOf = (requestTimeout: number, { attempts, call }: Pick<CallBudget, 'attempts' | 'call'>) => ({
  maxAttempts: attempts,
  retryStrategy: pinnedRetries({ attempts, call, request: CONNECTION + requestTimeout }),
  requestHandler: { connectionTimeout: CONNECTION, requestTimeout, throwOnRequestTimeout: true },
});

/**
 * The longest that one call takes, in milliseconds: five attempts outlast a short burst of throttling, and a request that hangs is given up
 * after 5 s and repeated once.
 */
export const CALL_MILLISECONDS = 12_500;

/** The longest that an announcement takes, in milliseconds. */
export const ANNOUNCEMENT_MILLISECONDS = 8000;

export const settings = settingsOf(5000, { attempts: 5, call: CALL_MILLISECONDS });

/** Nothing that may have run is repeated, and a function that has less than that time left for a hook calls it all the same. */
const hookSettings = {
  ...settingsOf(HOOK_TIMEOUT_SECONDS * 1000, { attempts: 1, call: 0 }),
  retryStrategy: pinnedRetries({ attempts: 1, call: 0, request: 0 }),
};

const notificationSettings = settingsOf(2000, { attempts: 3, call: ANNOUNCEMENT_MILLISECONDS });

// One maker each, so that a bundle carries only the clients that its function asks for.
export const lambda = (where: Where = {}): LambdaClient => new LambdaClient({ ...settings, ...where });
export const cloudwatch = (where: Where = {}): CloudWatchClient => new CloudWatchClient({ ...settings, ...where });
export const logs = (where: Where = {}): CloudWatchLogsClient => new CloudWatchLogsClient({ ...settings, ...where });
export const events = (where: Where = {}): EventBridgeClient => new EventBridgeClient({ ...settings, ...where });
export const cloudformation = (where: Where = {}): CloudFormationClient =>
  new CloudFormationClient({ ...settings, ...where });
export const scheduler = (where: Where = {}): SchedulerClient => new SchedulerClient({ ...settings, ...where });
export const sfn = (where: Where = {}): SFNClient => new SFNClient({ ...settings, ...where });
export const hooks = (where: Where = {}): LambdaClient => new LambdaClient({ ...hookSettings, ...where });
export const ssm = (where: Where = {}): SSMClient => new SSMClient({ ...settings, ...where });
export const notifications = (where: Where = {}): EventBridgeClient =>
  new EventBridgeClient({ ...notificationSettings, ...where });
