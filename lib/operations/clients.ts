import { LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { readCaller } from '../aws/account/caller.ts';
import { CALL_MILLISECONDS, settings } from '../aws/handler/clients.ts';
import { paced } from '../aws/handler/pacing.ts';
import { pause } from '../aws/handler/pause.ts';
import { pinnedRetries } from '../aws/handler/retries.ts';

/**
 * The AWS account and region that an operation works on, and on whose behalf. Every operation takes them as its last parameter.
 * {@link clientsFor} makes them; a test may pass its own.
 */
export interface OperationClients {
  /** Reads and writes aliases, tags and versions. */
  readonly lambda: LambdaClient;
  /** Reads, starts, stops and answers executions of the controller. */
  readonly sfn: SFNClient;
  /** Reads the parameters in which stacks register their aliases. */
  readonly ssm: SSMClient;
  /** Finds functions by their tags, for `hold` and `resume`. */
  readonly tagging: ResourceGroupsTaggingAPIClient;
  /** The identity that records and descriptions name, such as the caller's ARN. */
  readonly caller: () => Promise<string>;
  /** Waits between two looks, in seconds. */
  readonly pause: (seconds: number) => Promise<void>;
}

/** Where operations call AWS, and as whom. */
export interface ClientOptions {
  /**
   * The AWS region.
   *
   * @default the region of the environment: `AWS_REGION`, or the profile's
   */
  readonly region?: LambdaClientConfig['region'];
  /**
   * The credentials, or a function that provides them.
   *
   * @default the SDK's default chain: environment, profile, container or instance
   */
  readonly credentials?: LambdaClientConfig['credentials'];
  /**
   * The identity that records name if STS does not tell the caller's ARN.
   *
   * @default 'somebody'
   */
  readonly unknownCaller?: string;
}

/**
 * Makes the clients for an account and region. Calls of Lambda's control plane are paced: they take at most two thirds of the quota
 * that the whole account shares.
 *
 * @example
 * const clients = clientsFor({ region: 'eu-central-1' });
 * await rollback({ function: 'checkout', alias: 'live' }, clients);
 */
export function clientsFor({ unknownCaller = 'somebody', ...where }: ClientOptions = {}): OperationClients {
  const options = { ...settings, ...where };
  const sts = new STSClient({
    ...options,
    retryStrategy: pinnedRetries({ attempts: 2, request: 0, call: CALL_MILLISECONDS }),
  });
  return {
    lambda: paced(new LambdaClient(options)),
    sfn: new SFNClient(options),
    ssm: new SSMClient(options),
    tagging: new ResourceGroupsTaggingAPIClient(options),
    caller: () => readCaller(sts, unknownCaller),
    pause: (seconds) => pause(seconds * 1000),
  };
}

let made: OperationClients | undefined;

/** The clients of the environment that the program runs in; made once. */
export function clientsHere(): OperationClients {
  made ??= clientsFor();
  return made;
}
