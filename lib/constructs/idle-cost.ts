import { CfnResource, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import prices from './idle-prices.json' with { type: 'json' };

/** A resource that costs while nobody uses it. */
export interface IdleCost {
  /** Where it stands in the app. */
  readonly path: string;
  /** Its key in the price list: the type in CloudFormation, or what about it costs. */
  readonly type: string;
  readonly what: string;
  /** US dollars a month. */
  readonly price: number;
}

/** The price list: one data file with its date and source. What it does not name is taken to be free while idle. */
const perMonth: Readonly<Record<string, { readonly what: string; readonly price: number }>> = prices.perMonth;

/** What stands below a construct and costs while idle. */
export function idleCostsOf(scope: IConstruct): readonly IdleCost[] {
  return scope.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node))
    .flatMap((resource) =>
      keysOf(resource.cfnResourceType, propertiesOf(resource)).flatMap((type) => {
        const entry = perMonth[type];
        return entry ? [{ path: resource.node.path, type, ...entry }] : [];
      }),
    );
}

type Properties = Readonly<Record<string, unknown>>;

/** Under which keys of the price list a resource costs; none where its configuration scales to zero. */
function keysOf(type: string, properties: Properties): readonly string[] {
  switch (type) {
    case 'AWS::DynamoDB::Table':
      return properties['BillingMode'] === 'PAY_PER_REQUEST' ? [] : ['DynamoDB provisioned'];
    case 'AWS::EC2::VPCEndpoint':
      return properties['VpcEndpointType'] === 'Interface' ? [type] : [];
    case 'AWS::ECS::Service':
      return properties['DesiredCount'] === 0 ? [] : [type];
    case 'AWS::Kinesis::Stream':
      return [type];
    case 'AWS::Lambda::Alias':
    case 'AWS::Lambda::Version':
      return properties['ProvisionedConcurrencyConfig'] === undefined ? [] : ['Lambda provisioned'];
    case 'AWS::RDS::DBCluster':
      return scalesToZero(properties) ? [] : [type];
    case 'AWS::RDS::DBInstance':
      return properties['DBInstanceClass'] === 'db.serverless' ? [] : [type];
    default:
      return [type];
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
