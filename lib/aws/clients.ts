import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';

/** The SDK clients that the controller's functions use. Each function calls only some of them; its role says which. */
export interface Clients {
  readonly lambda: LambdaClient;
  readonly cloudwatch: CloudWatchClient;
  readonly events: EventBridgeClient;
}

/**
 * Five attempts with the SDK's back-off outlast a short burst of throttling; a request that hangs is given up after 5 s.
 * Both together stay below a function's own timeout for the two or three calls that a handler makes.
 */
const settings = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
} as const;

/** Where the clients call and as whom; what is not given comes from the environment that the code runs in. */
export interface Where {
  readonly region?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Makes the clients, once per environment. */
export function createClients(where: Where = {}): Clients {
  return {
    lambda: new LambdaClient({ ...settings, ...where }),
    cloudwatch: new CloudWatchClient({ ...settings, ...where }),
    events: new EventBridgeClient({ ...settings, ...where }),
  };
}
