import type {
  DeleteParameterCommandInput,
  GetParametersByPathCommandInput,
  PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { ParameterNotFound } from '@aws-sdk/client-ssm';
import { groupRegistrationName } from '../../rollout/contracts/group-registration.ts';
import { type Registration, registrationName } from '../../rollout/contracts/registration.ts';
import { ACCOUNT, REGION } from '../names.ts';
import type { Answers } from './answer.ts';

/** An alias of a rehearsal. */
interface Alias {
  readonly functionName: string;
  readonly aliasName: string;
}

/**
 * SSM's API on the parameters of a rehearsal: the registration of each alias, and that of their group; null if the aliases are not
 * registered.
 */
export const ssmApi = (aliases: readonly Alias[], registration: Registration | null) => {
  const arnOf = (path: string) => `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${path}`;
  const values = new Map(
    (registration ? parametersOf(aliases, registration) : []).map(([name, value]) => [name, JSON.stringify(value)]),
  );
  return {
    'ssm:GetParametersByPath': ({ Path = '' }: GetParametersByPathCommandInput) => ({
      resource: arnOf(Path),
      output: () => ({
        Parameters: [...values]
          .filter(([name]) => name.startsWith(`${Path}/`))
          .map(([Name, Value]) => ({ Name, ARN: arnOf(Name), Value })),
      }),
    }),
    'ssm:PutParameter': ({ Name = '', Value = '' }: PutParameterCommandInput) => ({
      resource: arnOf(Name),
      output: () => {
        values.set(Name, Value);
        return {};
      },
    }),
    'ssm:DeleteParameter': ({ Name = '' }: DeleteParameterCommandInput) => ({
      resource: arnOf(Name),
      output: () => {
        if (!values.delete(Name)) throw new ParameterNotFound({ message: '', $metadata: {} });
        return {};
      },
    }),
  } satisfies Answers;
};

/** Of members of a group the policy stands in the parameter of the group. */
function parametersOf(
  aliases: readonly Alias[],
  registration: Registration,
): readonly (readonly [name: string, value: object])[] {
  const { group, policy, ...own } = registration;
  const each = (value: object) =>
    aliases.map(({ functionName, aliasName }) => [registrationName(functionName, aliasName), value] as const);
  if (group === undefined) return each(registration);
  const { schema, stateMachineArn } = own;
  const members = aliases.map(({ functionName, aliasName }) => ({ function: functionName, alias: aliasName }));
  return [
    ...each({ ...own, group }),
    [groupRegistrationName(group, 'rehearsal'), { schema, stateMachineArn, policy, members }],
  ];
}
