import type { IConstruct } from 'constructs';
import { protectionsLeft, valueAt } from './deletable.ts';
import { isOff, listIn, objectIn } from './idle-values.ts';
import { type Resolved, resolvedBelow } from './resolved.ts';

/** What would stay of a resource, or keep its stack from being deleted; undefined if nothing does. */
type Survivor = (resource: Resolved) => string | undefined;

const filled: Survivor = () => 'could not be deleted while it holds something; leave it out of branch environments';

const autoDeletes = ({ properties }: Resolved): boolean =>
  listIn(properties['Tags']).some((tag) => objectIn(tag)['Key'] === 'aws-cdk:auto-delete-objects');

const logsOf = (service: string, advice: string): string =>
  `would leave the log group behind that ${service} makes for it; ${advice}`;

const executionLogs = (settings: unknown): boolean =>
  listIn(settings).some((each) => !['OFF', undefined].includes(objectIn(each)['LoggingLevel'] as string | undefined));

const apiStage: Survivor = ({ properties }) => {
  const described = objectIn(properties['StageDescription']);
  const levels = [
    objectIn(properties['DefaultRouteSettings']),
    described,
    ...Object.values(objectIn(properties['RouteSettings'])),
  ];
  return executionLogs(properties['MethodSettings']) ||
    executionLogs(described['MethodSettings']) ||
    executionLogs(levels)
    ? logsOf('API Gateway', 'set loggingLevel OFF, and use access logs with a log group of the stack')
    : undefined;
};

const databaseLogs: Survivor = ({ properties }) =>
  listIn(properties['EnableCloudwatchLogsExports']).length > 0
    ? logsOf('the database', 'leave EnableCloudwatchLogsExports out')
    : undefined;

const inSharedLogs = (group: string, advice: string): string =>
  `would leave its logs behind in ${group}, a log group that the account shares; ${advice}`;

/** Lambda@Edge: CloudFront's copies of the function go hours after the distribution, and their logs stay. */
const edgeFunctions: Survivor = ({ properties }) => {
  const behaviors = [
    valueAt(properties, 'DistributionConfig.DefaultCacheBehavior'),
    ...listIn(valueAt(properties, 'DistributionConfig.CacheBehaviors')),
  ];
  return behaviors.some((behavior) => listIn(objectIn(behavior)['LambdaFunctionAssociations']).length > 0)
    ? 'would leave log groups behind in other regions, and its functions at the edge cannot be deleted for hours; leave Lambda@Edge out'
    : undefined;
};

/** By the type of the resource. A service that only writes to a log group it is given leaves nothing. */
const survivors: Readonly<Record<string, Survivor>> = {
  'AWS::ApiGateway::Deployment': apiStage,
  'AWS::ApiGateway::Stage': apiStage,
  'AWS::ApiGatewayV2::Stage': apiStage,
  'AWS::AppSync::GraphQLApi': ({ properties }) =>
    isOff(properties['LogConfig']) ? undefined : logsOf('AppSync', 'leave logConfig out'),
  'AWS::Backup::BackupVault': filled,
  'AWS::Backup::LogicallyAirGappedBackupVault': filled,
  'AWS::Batch::JobDefinition': ({ properties }) =>
    properties['ContainerProperties'] !== undefined &&
    valueAt(properties, 'ContainerProperties.LogConfiguration') === undefined
      ? inSharedLogs('/aws/batch/job', 'give the container a logging driver with a log group of the stack')
      : undefined,
  'AWS::CloudFront::Distribution': edgeFunctions,
  'AWS::CodeBuild::Project': ({ properties }) => {
    const logs = objectIn(valueAt(properties, 'LogsConfig.CloudWatchLogs'));
    return logs['Status'] === 'DISABLED' || logs['GroupName'] !== undefined
      ? undefined
      : logsOf('CodeBuild', 'give it a logGroup (logging.cloudWatch)');
  },
  'AWS::DocDB::DBCluster': databaseLogs,
  'AWS::ECR::PublicRepository': filled,
  'AWS::ECS::Cluster': ({ properties }) =>
    listIn(properties['ClusterSettings']).some(
      (each) => !['disabled', undefined].includes(objectIn(each)['Value'] as string),
    )
      ? logsOf('Container Insights', 'leave containerInsights out')
      : undefined,
  'AWS::EKS::Cluster': ({ properties }) =>
    listIn(valueAt(properties, 'Logging.ClusterLogging.EnabledTypes')).length > 0
      ? logsOf('EKS', 'leave clusterLogging out')
      : undefined,
  'AWS::Glue::Job': () => inSharedLogs('/aws-glue/jobs', 'leave it out of branch environments'),
  'AWS::MediaStore::Container': filled,
  'AWS::Neptune::DBCluster': databaseLogs,
  'AWS::RDS::DBCluster': databaseLogs,
  'AWS::RDS::DBInstance': databaseLogs,
  'AWS::S3::Bucket': (bucket) =>
    autoDeletes(bucket) ? undefined : 'could not be deleted while it holds objects; set autoDeleteObjects',
  'AWS::S3Express::DirectoryBucket': filled,
  'AWS::S3Outposts::Bucket': filled,
  'AWS::S3Tables::TableBucket': filled,
  'AWS::S3Vectors::VectorBucket': filled,
  'AWS::Synthetics::Canary': () => logsOf('the canary', 'leave it out of branch environments'),
  'Custom::LogRetention': ({ properties }) =>
    properties['RemovalPolicy'] === 'destroy'
      ? undefined
      : 'would leave its log group behind; give the function a logGroup instead of logRetention',
};

/** The CDK adds it to the template at last, when no aspect sees it. There is nothing behind it. */
const ANALYTICS = 'AWS::CDK::Metadata';

/** The resources below a construct that would leave something behind when the stack is deleted, or keep it from being deleted. */
export const survivorsBelow = (scope: IConstruct): readonly string[] =>
  resolvedBelow(scope).flatMap((resource) => {
    const { path, type, entry } = resource;
    const told = survivors[type]?.(resource);
    return [
      ...(told === undefined ? [] : [`${path} ${told}`]),
      ...(entry['DeletionPolicy'] === 'Delete' || type === ANALYTICS
        ? []
        : [`${path} would stay: its DeletionPolicy is ${entry['DeletionPolicy']}`]),
      ...protectionsLeft(resource).map(
        (at) => `${path} is protected from deletion by ${at}; leave it out, or set it off`,
      ),
    ];
  });
