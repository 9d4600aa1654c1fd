import { GetFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * The unqualified ARN of a function, which tags are set on.
 *
 * @throws ResourceNotFoundException if there is no such function
 */
export async function readFunctionArn(lambda: LambdaClient, functionName: string): Promise<string> {
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
  return unqualifiedArn(Configuration?.FunctionArn ?? '');
}

/** The ARN of a function without a version or alias behind it. */
export const unqualifiedArn = (arn: string): string => arn.split(':').slice(0, 7).join(':');
