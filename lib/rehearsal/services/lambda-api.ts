import type {
  CreateAliasCommandInput,
  DeleteProvisionedConcurrencyConfigCommandInput,
  GetFunctionCommandInput,
  GetFunctionConfigurationCommandInput,
  GetProvisionedConcurrencyConfigCommandInput,
  InvokeCommandInput,
  PutProvisionedConcurrencyConfigCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
  UpdateAliasCommandInput,
} from '@aws-sdk/client-lambda';
import type { VirtualTime } from '../simulation/virtual-time.ts';
import type { Answer, Answers } from './answer.ts';
import type { RehearsedLambda } from './lambda.ts';
import { type Site, siteOf } from './site.ts';

/** Lambda's API on the functions of a rehearsal. What is asked of any other function is refused as Lambda refuses it. */
export function lambdaApiOf(sites: readonly Site[], time: VirtualTime): Answers {
  const apis = new Map(sites.map((site) => [site as Site, lambdaApi(site.lambda, time)]));
  const [first = {}] = apis.values();
  const answerOf = (call: string, { FunctionName, Resource }: NamingInput): Answers[string] =>
    apis.get(siteOf(sites, FunctionName ?? Resource))?.[call] as Answers[string];
  const dispatched = (call: string) => (input: NamingInput, caller: string) =>
    answerOf(call, input)(input as never, caller);
  return Object.fromEntries(Object.keys(first).map((call) => [call, dispatched(call)]));
}

/** Lambda's API on one function and its alias. What is asked of another function or alias is refused as Lambda refuses it. */
const lambdaApi = (lambda: RehearsedLambda, time: VirtualTime): Answers => ({
  ...checkingNames(lambda, {
    ...aliasCalls(lambda),
    ...functionCalls(lambda),
    ...provisionedConcurrencyCalls(lambda, time),
  }),
  ...invocationCalls(lambda),
});

const aliasCalls = (lambda: RehearsedLambda) =>
  ({
    'lambda:GetAlias': () => ({ resource: lambda.arn, output: () => lambda.getAlias() }),
    'lambda:UpdateAlias': (input: UpdateAliasCommandInput, caller) => ({
      resource: lambda.arn,
      output: () => lambda.updateAlias(input, caller),
    }),
    'lambda:CreateAlias': (input: CreateAliasCommandInput, caller) => ({
      resource: lambda.arn,
      output: () => lambda.createAlias(input, caller),
    }),
    'lambda:DeleteAlias': () => ({
      resource: lambda.arn,
      output: () => {
        lambda.deleteAlias();
        return {};
      },
    }),
  }) satisfies Answers;

const functionCalls = (lambda: RehearsedLambda) =>
  ({
    // Lambda adds the tags of a function only for a caller that may list them.
    'lambda:GetFunction': ({ Qualifier }: GetFunctionCommandInput) => ({
      ...(Qualifier === undefined
        ? { resource: lambda.arn, also: ['lambda:ListTags'] }
        : { resource: `${lambda.arn}:${Qualifier}` }),
      output: () => lambda.getFunction(Qualifier),
    }),
    'lambda:GetFunctionConfiguration': ({ Qualifier }: GetFunctionConfigurationCommandInput) => ({
      resource: Qualifier === undefined ? lambda.arn : `${lambda.arn}:${Qualifier}`,
      output: () => lambda.getFunction(Qualifier).Configuration ?? {},
    }),
    'lambda:ListVersionsByFunction': () => ({
      resource: lambda.arn,
      output: () => ({ Versions: ['$LATEST', ...lambda.versions.keys()].map((Version) => ({ Version })) }),
    }),
    'lambda:TagResource': ({ Tags }: TagResourceCommandInput) => ({
      resource: lambda.arn,
      output: () => {
        lambda.tag(Tags ?? {});
        return {};
      },
    }),
    'lambda:UntagResource': ({ TagKeys = [] }: UntagResourceCommandInput) => ({
      resource: lambda.arn,
      output: () => {
        lambda.untag(TagKeys);
        return {};
      },
    }),
  }) satisfies Answers;

const provisionedConcurrencyCalls = (lambda: RehearsedLambda, time: VirtualTime) =>
  ({
    'lambda:GetProvisionedConcurrencyConfig': ({
      Qualifier: qualifier = '',
    }: GetProvisionedConcurrencyConfigCommandInput) => ({
      resource: `${lambda.arn}:${qualifier}`,
      output: () => lambda.getProvisionedConcurrencyConfig(qualifier, time.second()),
    }),
    'lambda:PutProvisionedConcurrencyConfig': (input: PutProvisionedConcurrencyConfigCommandInput) => ({
      resource: `${lambda.arn}:${input.Qualifier}`,
      output: () => lambda.putProvisionedConcurrencyConfig(input, time.second()),
    }),
    'lambda:DeleteProvisionedConcurrencyConfig': ({
      Qualifier: qualifier = '',
    }: DeleteProvisionedConcurrencyConfigCommandInput) => ({
      resource: `${lambda.arn}:${qualifier}`,
      output: () => {
        lambda.deleteProvisionedConcurrencyConfig(qualifier);
        return {};
      },
    }),
  }) satisfies Answers;

/** Invoke's answer with a function's result. */
export const invoked = (result: unknown) => ({
  StatusCode: 200,
  Payload: new TextEncoder().encode(JSON.stringify(result)),
});

const invocationCalls = (lambda: RehearsedLambda) =>
  ({
    // Every hook agrees unless a scenario disturbs the call. The function itself answers if its state lets it.
    'lambda:Invoke': ({ FunctionName: name = '', Qualifier }: InvokeCommandInput) => ({
      resource: lambda.arn.replace(/[^:]+$/, name),
      action: 'lambda:InvokeFunction',
      output: () => {
        const version = lambda.versionNamed(name, Qualifier);
        if (version !== undefined) lambda.invoke(version);
        return invoked({ ok: true });
      },
    }),
  }) satisfies Answers;

/** Tags are asked for by a resource's ARN, everything else of Lambda by a function's name. */
function checkingNames(lambda: RehearsedLambda, calls: Answers): Answers {
  const checking =
    (answer: Answers[string]) =>
    (input: NamingInput, caller: string): Answer => {
      const { Resource, FunctionName = Resource, Name } = input;
      lambda.checkNames({ FunctionName, Name });
      return answer(input as never, caller);
    };
  return Object.fromEntries(Object.entries(calls).map(([call, answer]) => [call, checking(answer)]));
}

/** How the input of a call names a function. */
export interface NamingInput {
  readonly Resource?: string;
  readonly FunctionName?: string;
  readonly Name?: string;
}
