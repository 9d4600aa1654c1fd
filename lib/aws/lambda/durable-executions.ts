import {
  type ExecutionStatus,
  GetFunctionCommand,
  type LambdaClient,
  ListDurableExecutionsByFunctionCommand,
} from '@aws-sdk/client-lambda';

/**
 * The states of executions that go on. They stay on the version that began them, for up to a year. (AWS: Lambda, "Durable functions";
 * pausing came with the API model of 2026.)
 */
const UNDERWAY = ['RUNNING', 'PAUSING', 'PAUSED'] as readonly string[] as readonly ExecutionStatus[];

/** Whether a function is durable. It is so from its creation on, or never. */
export async function isDurable(lambda: LambdaClient, functionName: string): Promise<boolean> {
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
  return Configuration?.DurableConfig !== undefined;
}

/**
 * Why a version of a durable function must stay, in words; undefined if no execution is underway on it.
 *
 * @returns a reason also if that cannot be read: nobody knows then
 */
export async function durableExecutionsOn(
  lambda: LambdaClient,
  functionName: string,
  version: string,
): Promise<string | undefined> {
  try {
    let Marker: string | undefined;
    do {
      const page = await lambda.send(
        new ListDurableExecutionsByFunctionCommand({
          FunctionName: functionName,
          Qualifier: version,
          Statuses: [...UNDERWAY],
          Marker,
        }),
      );
      if ((page.DurableExecutions ?? []).length > 0) return 'durable executions still run on it';
      Marker = page.NextMarker;
    } while (Marker);
    return undefined;
  } catch (error) {
    const { name } = error as Error;
    return `whether durable executions still run on it cannot be read (${name})`;
  }
}
