import { type CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import prices from './idle-prices.json' with { type: 'json' };
import { resourcesBelow } from './resources.ts';

/** A resource that costs while nobody uses it. */
export interface IdleCost {
  /** Where it stands in the app. */
  readonly path: string;
  /** Its key in the price list: the type in CloudFormation, or the feature that costs. */
  readonly type: string;
  /** What it is, in words. */
  readonly what: string;
  /** US dollars a month. */
  readonly price: number;
}

/** The price list: one data file with its date and source. A type that it does not name is taken to be free while idle. */
const perMonth: Readonly<Record<string, { readonly what: string; readonly price: number }>> = prices.perMonth;

/** The resources below a construct that cost while idle. */
export function idleCostsOf(scope: IConstruct): readonly IdleCost[] {
  return resourcesBelow(scope).flatMap((resource) => {
    const type = keyOf(resource.cfnResourceType, propertiesOf(resource));
    const entry = type === undefined ? undefined : perMonth[type];
    return type && entry ? [{ path: resource.node.path, type, ...entry }] : [];
  });
}

type Properties = Readonly<Record<string, unknown>>;

/** The key of a resource in the price list; undefined if its configuration scales to zero. */
function keyOf(type: string, properties: Properties): string | undefined {
  switch (type) {
    case 'AWS::DynamoDB::Table':
      return properties['BillingMode'] === 'PAY_PER_REQUEST' ? undefined : 'DynamoDB provisioned';
    case 'AWS::EC2::VPCEndpoint':
      return properties['VpcEndpointType'] === 'Interface' ? type : undefined;
    case 'AWS::ECS::Service':
      return properties['DesiredCount'] === 0 ? undefined : type;
    case 'AWS::Lambda::Alias':
    case 'AWS::Lambda::Version':
      return properties['ProvisionedConcurrencyConfig'] === undefined ? undefined : 'Lambda provisioned';
    case 'AWS::RDS::DBCluster':
      return scalesToZero(properties) ? undefined : type;
    case 'AWS::RDS::DBInstance':
      return properties['DBInstanceClass'] === 'db.serverless' ? undefined : type;
    default:
      return type;
  }
}

const scalesToZero = (cluster: Properties): boolean =>
  (cluster['ServerlessV2ScalingConfiguration'] as { MinCapacity?: number } | undefined)?.MinCapacity === 0 ||
  (cluster['ScalingConfiguration'] as { AutoPause?: boolean } | undefined)?.AutoPause === true;

function propertiesOf(resource: CfnResource): Properties {
  const rendered = Stack.of(resource).resolve(
    (resource as unknown as { _toCloudFormation(): { Resources: Record<string, unknown> } })._toCloudFormation(),
  ) as { Resources: Record<string, { Properties?: Properties }> };
  return Object.values(rendered.Resources)[0]?.Properties ?? {};
}
