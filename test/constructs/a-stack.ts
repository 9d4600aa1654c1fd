import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';

/** A stack of a known account and region, so that ARNs come out whole. */
export const aStack = (app = new App()): Stack =>
  new Stack(app, 'checkout', { env: { account: '123456789012', region: 'us-east-1' } });

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

export const resourcesOf = (stack: Stack): Resources => Template.fromStack(stack).toJSON()['Resources'] as Resources;

/** The statements of the role whose logical id begins so, its own and those of policies, with references told as `<logical id>`. */
export function statementsOf(stack: Stack, rolePrefix: string): readonly Statement[] {
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  return Object.entries(resourcesOf(stack))
    .flatMap(([id, { Type, Properties }]) => {
      if (Type === 'AWS::IAM::Role' && id.startsWith(rolePrefix))
        return (Properties['Policies'] ?? []) as InlinePolicy[];
      const attached = Type === 'AWS::IAM::Policy' && isAttachedTo(rolePrefix, Properties['Roles']);
      return attached ? [Properties as unknown as InlinePolicy] : [];
    })
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .map((statement) => ({
      actions: list(statement['Action']).map(String),
      resources: list(statement['Resource']).map(inWords),
      conditions: statement['Condition'],
    }));
}

interface InlinePolicy {
  readonly PolicyDocument: { readonly Statement: readonly Record<string, unknown>[] };
}

const isAttachedTo = (rolePrefix: string, roles: unknown): boolean =>
  (roles as { Ref: string }[]).some(({ Ref }) => Ref.startsWith(rolePrefix));

/** A template's value with what CloudFormation would fill in, as far as it is known. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    'Fn::Select': select,
    Ref: ref,
  } = value as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::GetAtt'?: [string, string];
    'Fn::Select'?: [number, { 'Fn::Split': [string, unknown] }];
    Ref?: string;
  };
  if (join) return join[1].map(inWords).join(join[0]);
  if (attribute) return `<${attribute[0].replace(/[0-9A-F]{8}$/, '')}.${attribute[1]}>`;
  if (select) return `${inWords(select[1]['Fn::Split'][1])}[${select[0]}]`;
  return ref === 'AWS::Partition' ? 'aws' : `<${String(ref).replace(/[0-9A-F]{8}$/, '')}>`;
}
