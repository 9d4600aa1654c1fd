import type { GetParametersByPathCommandInput } from '@aws-sdk/client-ssm';
import { type Registration, registrationName } from '../../rollout/contracts/registration.ts';
import { ACCOUNT, REGION } from '../names.ts';
import type { Answers } from './answer.ts';

/** SSM's API on the one parameter of a rehearsal: the registration of its alias; null if the alias is not registered. */
export const ssmApi = (
  alias: { readonly functionName: string; readonly aliasName: string },
  registration: Registration | null,
) => {
  const name = registrationName(alias.functionName, alias.aliasName);
  const arnOf = (path: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${path}`;
  const parameter = { Name: name, ARN: arnOf(name), Value: JSON.stringify(registration) };
  return {
    'ssm:GetParametersByPath': ({ Path = '' }: GetParametersByPathCommandInput) => ({
      resource: arnOf(Path),
      output: () => ({ Parameters: registration && name.startsWith(`${Path}/`) ? [parameter] : [] }),
    }),
  } satisfies Answers;
};
