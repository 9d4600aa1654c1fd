import { type IdleRule, isOff, isZero, listIn, numberIn, objectIn, priceOfClass } from './idle-values.ts';
import type { Properties } from './resolved.ts';

const HALF_UNIT = 0.5;

/** Read and write units of a table and its indexes. What is not told counts as one unit. */
function provisionedUnits(tables: readonly Properties[]): ReturnType<IdleRule> {
  const sum = (unit: string) =>
    tables.reduce((all, each) => all + numberIn(objectIn(each['ProvisionedThroughput'])[unit], 1), 0);
  const each = sum('ReadCapacityUnits') * 0.0949 + sum('WriteCapacityUnits') * 0.4745;
  return [{ key: 'DynamoDB provisioned', each }];
}

const table: IdleRule = ({ properties }) =>
  properties['BillingMode'] === 'PAY_PER_REQUEST'
    ? []
    : provisionedUnits([properties, ...listIn(properties['GlobalSecondaryIndexes']).map(objectIn)]);

/** A global table tells its write capacity as a range, for each replica. */
const globalTable: IdleRule = ({ properties }) => {
  if (properties['BillingMode'] === 'PAY_PER_REQUEST') return [];
  const least = (settings: unknown, unit: string): number => {
    const range = objectIn(objectIn(settings)[`${unit}CapacityAutoScalingSettings`]);
    return numberIn(range['MinCapacity'] ?? objectIn(settings)[`${unit}CapacityUnits`], 1);
  };
  const replicas = listIn(properties['Replicas']).map(objectIn);
  const writes = least(properties['WriteProvisionedThroughputSettings'], 'Write') * Math.max(1, replicas.length);
  const reads = replicas.reduce((all, each) => all + least(each['ReadProvisionedThroughputSettings'], 'Read'), 0);
  return [{ key: 'DynamoDB provisioned', each: Math.max(1, reads) * 0.0949 + writes * 0.4745 }];
};

/** Instances of a cluster stand in the template by themselves; a Multi-AZ cluster and capacity units do not. */
const cluster: IdleRule = ({ properties }) => {
  const { DBClusterInstanceClass: instanceClass, EngineMode: mode } = properties;
  if (instanceClass !== undefined) {
    const each = priceOfClass(instanceClass);
    return [{ key: 'RDS Multi-AZ cluster', each: each === null ? null : each * 3 }];
  }
  const v2 = properties['ServerlessV2ScalingConfiguration'];
  if (v2 !== undefined) {
    const least = objectIn(v2)['MinCapacity'];
    return isZero(least) ? [] : [{ key: 'AWS::RDS::DBCluster', times: numberIn(least, HALF_UNIT) / HALF_UNIT }];
  }
  const v1 = objectIn(properties['ScalingConfiguration']);
  const pauses = v1['AutoPause'] === undefined || v1['AutoPause'] === true || v1['AutoPause'] === 'true';
  if (mode !== 'serverless' || pauses) return [];
  return [{ key: 'AWS::RDS::DBCluster', times: numberIn(v1['MinCapacity'], 1) }];
};

const instance: IdleRule = ({ properties }) => {
  const { DBInstanceClass: instanceClass, MultiAZ: multi } = properties;
  if (instanceClass === 'db.serverless') return [];
  return [{ key: 'AWS::RDS::DBInstance', times: isOff(multi) ? 1 : 2, each: priceOfClass(instanceClass) }];
};

const cacheNode = (properties: Properties): number | null => priceOfClass(properties['CacheNodeType']);

/** What configurations of databases and caches cost. */
export const databaseRules: Readonly<Record<string, IdleRule>> = {
  'AWS::Cassandra::Table': ({ properties }) =>
    [undefined, 'ON_DEMAND'].includes(objectIn(properties['BillingMode'])['Mode'] as string | undefined)
      ? []
      : [{ key: 'Keyspaces provisioned' }],
  'AWS::DAX::Cluster': ({ properties }) => [
    {
      key: 'AWS::DAX::Cluster',
      times: numberIn(properties['ReplicationFactor'], 1),
      each: priceOfClass(properties['NodeType']),
    },
  ],
  'AWS::DocDB::DBCluster': ({ properties }) =>
    properties['ServerlessV2ScalingConfiguration'] === undefined ? [] : [{ key: 'DocDB serverless' }],
  'AWS::DocDB::DBInstance': ({ properties: { DBInstanceClass: instanceClass } }) =>
    instanceClass === 'db.serverless'
      ? []
      : [{ key: 'AWS::DocDB::DBInstance', each: priceOfClass(instanceClass, 'docdb') }],
  'AWS::DynamoDB::GlobalTable': globalTable,
  'AWS::DynamoDB::Table': table,
  'AWS::ElastiCache::CacheCluster': ({ properties }) => [
    {
      key: 'AWS::ElastiCache::CacheCluster',
      times: numberIn(properties['NumCacheNodes'], 1),
      each: cacheNode(properties),
    },
  ],
  'AWS::ElastiCache::ReplicationGroup': ({ properties }) => {
    const shards = numberIn(properties['NumNodeGroups'], 1);
    const replicas = numberIn(properties['ReplicasPerNodeGroup'], 0);
    const nodes = numberIn(properties['NumCacheClusters'], shards * (1 + replicas));
    return [{ key: 'AWS::ElastiCache::ReplicationGroup', times: nodes, each: cacheNode(properties) }];
  },
  'AWS::ElastiCache::ServerlessCache': ({ properties }) => [
    { key: properties['Engine'] === 'valkey' ? 'ElastiCache Valkey' : 'AWS::ElastiCache::ServerlessCache' },
  ],
  'AWS::MemoryDB::Cluster': ({ properties }) => [
    {
      key: 'AWS::MemoryDB::Cluster',
      times: numberIn(properties['NumShards'], 1) * (1 + numberIn(properties['NumReplicasPerShard'], 1)),
      each: priceOfClass(properties['NodeType'], 'memorydb'),
    },
  ],
  'AWS::MSK::Cluster': ({ properties }) => [
    { key: 'AWS::MSK::Cluster', times: numberIn(properties['NumberOfBrokerNodes'], 2) },
  ],
  'AWS::Neptune::DBCluster': ({ properties }) => {
    const config = properties['ServerlessScalingConfiguration'];
    return config === undefined
      ? []
      : [{ key: 'Neptune serverless', times: numberIn(objectIn(config)['MinCapacity'], 1) }];
  },
  'AWS::Neptune::DBInstance': ({ properties: { DBInstanceClass: instanceClass } }) =>
    instanceClass === 'db.serverless'
      ? [{ key: 'Neptune serverless' }]
      : [{ key: 'AWS::Neptune::DBInstance', each: priceOfClass(instanceClass, 'neptune') }],
  'AWS::OpenSearchService::Domain': ({ properties }) => [
    {
      key: 'AWS::OpenSearchService::Domain',
      times: numberIn(objectIn(properties['ClusterConfig'])['InstanceCount'], 1),
    },
  ],
  'AWS::RDS::DBCluster': cluster,
  'AWS::RDS::DBInstance': instance,
  'AWS::Redshift::Cluster': ({ properties: { NodeType: type, NumberOfNodes: nodes } }) => [
    {
      key: 'AWS::Redshift::Cluster',
      times: numberIn(nodes, 1),
      ...(type === 'dc2.large' ? {} : { each: null }),
    },
  ],
};
