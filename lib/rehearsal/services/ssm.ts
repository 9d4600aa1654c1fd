import type { GetParametersByPathCommandInput } from '@aws-sdk/client-ssm';
import { type Registration, registrationName } from '../../rollout/contracts/registration.ts';
import { ACCOUNT, REGION } from '../names.ts';
import type { Answers } from './answer.ts';

/** SSM's API on the parameters of a rehearsal: the registration of each alias; null if the aliases are not registered. */
export const ssmApi = (
  aliases: readonly { readonly functionName: string; readonly aliasName: string }[],
  registration: Registration | null,
) => {
  const arnOf = (path: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${path}`;
  const parameters = aliases.map((alias) => {
    const name = registrationName(alias.functionName, alias.aliasName);
    return { Name: name, ARN: arnOf(name), Value: JSON.stringify(registration) };
  });
  return {
    'ssm:GetParametersByPath': ({ Path = '' }: GetParametersByPathCommandInput) => ({
      resource: arnOf(Path),
      output: () => ({ Parameters: registration ? parameters.filter(({ Name }) => Name.startsWith(`${Path}/`)) : [] }),
    }),
  } satisfies Answers;
};
