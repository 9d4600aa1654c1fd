import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';

/**
 * Who the caller is, by the ARN that AWS knows.
 *
 * @param unknown the answer if STS does not tell
 */
export const readCaller = (sts: STSClient, unknown: string): Promise<string> =>
  sts.send(new GetCallerIdentityCommand({})).then(
    ({ Arn }) => Arn ?? unknown,
    () => unknown,
  );
