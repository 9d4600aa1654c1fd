import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Acknowledges one wildcard of a policy, with the reason, for users who run cdk-nag (rule AwsSolutions-IAM5). Each finding is
 * acknowledged by itself, so that any other wildcard is still found.
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
