import {
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import type { ProvisionedConcurrency } from '../../rollout/decisions/warm.ts';
import { orUndefined } from '../handler/errors.ts';

/** Lambda's errors for a qualifier that has no provisioned concurrency, or does not exist. (Recorded on AWS.) */
const NOT_THERE = ['ProvisionedConcurrencyConfigNotFoundException', 'ResourceNotFoundException'] as const;

/** Reads the provisioned concurrency of a version or an alias; null if it has none. */
export async function readProvisionedConcurrency(
  lambda: LambdaClient,
  functionName: string,
  qualifier: string,
): Promise<ProvisionedConcurrency | null> {
  const answer = await orUndefined(
    lambda.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: qualifier })),
    ...NOT_THERE,
  );
  return answer ? concurrencyIn(answer) : null;
}

/** Asks for execution environments of a version; asking again for the same number changes nothing but takes its time again. */
export async function putProvisionedConcurrency(
  lambda: LambdaClient,
  functionName: string,
  version: string,
  executions: number,
): Promise<ProvisionedConcurrency> {
  const answer = await lambda.send(
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName: functionName,
      Qualifier: version,
      ProvisionedConcurrentExecutions: executions,
    }),
  );
  return concurrencyIn(answer);
}

/** Takes a version's provisioned concurrency away. A version that has none is no error. */
export async function deleteProvisionedConcurrency(
  lambda: LambdaClient,
  functionName: string,
  version: string,
): Promise<void> {
  await orUndefined(
    lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: version })),
    ...NOT_THERE,
  );
}

/** A status that is not known here is waited for. */
function concurrencyIn(answer: {
  readonly RequestedProvisionedConcurrentExecutions?: number;
  readonly Status?: string;
  readonly StatusReason?: string;
}): ProvisionedConcurrency {
  const { Status: status } = answer;
  return {
    requested: answer.RequestedProvisionedConcurrentExecutions ?? 0,
    status: status === 'READY' || status === 'FAILED' ? status : 'IN_PROGRESS',
    statusReason: answer.StatusReason ?? '',
  };
}
