import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Says why a policy may name a resource with a wildcard, for cdk-nag (rule AwsSolutions-IAM5), which users of the construct may
 * run. Each finding is acknowledged by itself, so that another wildcard would be found.
 */
export function acknowledgeWildcard(construct: Construct, resource: string, reason: string): void {
  const finding = `AwsSolutions-IAM5[Resource::${inWords(Stack.of(construct).resolve(resource))}]`;
  Validations.of(construct).acknowledge({ id: finding, reason });
}

/** A resolved value as cdk-nag spells it: references in angle brackets. */
function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: ref,
  } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: [string, string]; Ref?: string };
  if (join) return join[1].map(inWords).join(join[0]);
  return attribute ? `<${attribute.join('.')}>` : `<${ref}>`;
}
