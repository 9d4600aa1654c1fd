import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { resourcesBelow } from './resources.ts';

/** The properties of a resource as its template has them. */
export type Properties = Readonly<Record<string, unknown>>;

/** A resource as its template has it. Its type tells what it is, because its class may be `CfnResource`, or of another copy of the CDK. */
export interface Resolved {
  readonly resource: CfnResource;
  readonly path: string;
  readonly type: string;
  readonly properties: Properties;
  /** The whole entry of the template, with `DeletionPolicy` among others. */
  readonly entry: Properties;
  readonly logicalId: string;
}

/** The resources below a construct. */
export const resolvedBelow = (scope: IConstruct): readonly Resolved[] => resourcesBelow(scope).map(resolved);

/** A resource as its template has it. */
export function resolved(resource: CfnResource): Resolved {
  const { Resources } = Stack.of(resource).resolve(
    (resource as unknown as { _toCloudFormation(): { Resources: Record<string, unknown> } })._toCloudFormation(),
  ) as { Resources: Record<string, Properties> };
  const [logicalId = '', entry = {}] = Object.entries(Resources)[0] ?? [];
  return {
    resource,
    path: resource.node.path,
    type: resource.cfnResourceType,
    properties: (entry['Properties'] ?? {}) as Properties,
    entry,
    logicalId,
  };
}

/** The resource that a value of a template refers to, in the same stack; undefined for any other value. */
export function referredTo(value: unknown, from: Resolved, all: readonly Resolved[]): Resolved | undefined {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string | string[] };
  const id = ref ?? (typeof attribute === 'string' ? attribute.split('.')[0] : attribute?.[0]);
  if (id === undefined) return undefined;
  return all.find(({ logicalId, resource }) => logicalId === id && Stack.of(resource) === Stack.of(from.resource));
}
