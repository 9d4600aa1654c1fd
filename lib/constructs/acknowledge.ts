import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const NIST = 'NIST.800.53.R5';
const HIPAA = 'HIPAA.Security';
const PCI = 'PCI.DSS.321';
const SERVERLESS = 'Serverless';

/** Rules of cdk-nag that Sluice does not follow everywhere, each with the packs that have it. */
const packs = {
  CloudWatchAlarmAction: [NIST, HIPAA],
  CloudWatchLogGroupEncrypted: [NIST, HIPAA, PCI],
  IAMNoInlinePolicy: [NIST, HIPAA, PCI],
  LambdaConcurrency: [NIST, HIPAA],
  LambdaDLQ: [NIST, HIPAA, SERVERLESS],
  LambdaInsideVPC: [NIST, HIPAA, PCI],
  LambdaStarPermissions: [SERVERLESS],
  SQSRedrivePolicy: [SERVERLESS],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Acknowledges one wildcard of a policy, with the reason, for users who run cdk-nag (rule AwsSolutions-IAM5). Each finding is
 * acknowledged by itself, so that any other wildcard is still found.
 */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  record(construct, 'AwsSolutions-IAM5', reason, `Resource::${inWords(cdk.Stack.of(construct).resolve(resource))}`);
}

/** Acknowledges a rule of the compliance packs by its name without that of the pack, for example `LambdaDLQ`. */
export function acknowledge(construct: IConstruct, rule: keyof typeof packs, reason: string): void {
  for (const pack of packs[rule]) record(construct, `${pack}-${rule}`, reason);
}

/**
 * For cdk-nag 3 as `Validations.acknowledge` of the CDK records it, which releases before 2.257 do not have and which refuses `::` in
 * a finding before 2.270; for cdk-nag 2 in the metadata of the resources.
 */
function record(construct: IConstruct, rule: string, reason: string, finding?: string): void {
  construct.node.addMetadata(ACKNOWLEDGED, { [finding ? `${rule}[${finding}]` : rule]: reason });
  for (const node of construct.node.findAll()) {
    if (cdk.CfnResource.isCfnResource(node))
      suppress(node, { id: rule, reason, ...(finding ? { applies_to: [finding] } : {}) });
  }
}

interface Suppression {
  readonly id: string;
  readonly reason: string;
  readonly applies_to?: readonly string[];
}

function suppress(resource: cdk.CfnResource, suppression: Suppression): void {
  const found = resource.getMetadata(METADATA) as { readonly rules_to_suppress?: readonly Suppression[] } | undefined;
  resource.addMetadata(METADATA, { ...found, rules_to_suppress: [...(found?.rules_to_suppress ?? []), suppression] });
}

/** `Validations.ACKNOWLEDGED_RULES_METADATA_KEY` of the CDK. */
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

const METADATA = 'cdk_nag';

/** A resolved value as cdk-nag spells it: references in angle brackets, other functions as JSON. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: ref,
  } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: [string, string]; Ref?: string };
  if (join) return join[1].map(inWords).join(join[0]);
  if (attribute) return `<${attribute.join('.')}>`;
  return ref === undefined ? JSON.stringify(value) : `<${ref}>`;
}
