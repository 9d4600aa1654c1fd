import { computeRules } from './idle-rules-compute.ts';
import { databaseRules } from './idle-rules-databases.ts';
import { lambdaRules } from './idle-rules-lambda.ts';
import { networkRules } from './idle-rules-network.ts';
import { type IdleRule, isOff, listIn, numberIn, objectIn } from './idle-values.ts';

const stageCache: Readonly<Record<string, number>> = {
  '0.5': 14.6,
  '1.6': 27.74,
  '6.1': 146,
  '13.5': 182.5,
  '28.4': 365,
  '58.2': 730,
  '118': 1387,
  '237': 2774,
};

const cacheOf = (settings: Readonly<Record<string, unknown>>): ReturnType<IdleRule> =>
  isOff(settings['CacheClusterEnabled'])
    ? []
    : [{ key: 'API Gateway cache', each: stageCache[String(settings['CacheClusterSize'] ?? '0.5')] ?? null }];

/** What a configuration costs, by the type of the resource. A type with a rule stands in no other list. */
export const idleRules: Readonly<Record<string, IdleRule>> = {
  ...lambdaRules,
  ...databaseRules,
  ...networkRules,
  ...computeRules,
  'AWS::ApiGateway::Stage': ({ properties }) => cacheOf(properties),
  'AWS::ApiGateway::Deployment': ({ properties }) => cacheOf(objectIn(properties['StageDescription'])),
  'AWS::AppSync::ApiCache': ({ properties: { Type: type } }) => [
    { key: 'AWS::AppSync::ApiCache', ...(['SMALL', 'T2_SMALL'].includes(String(type)) ? {} : { each: null }) },
  ],
  'AWS::ACMPCA::CertificateAuthority': ({ properties: { UsageMode: mode } }) => [
    { key: mode === 'SHORT_LIVED_CERTIFICATE' ? 'ACM PCA short-lived' : 'AWS::ACMPCA::CertificateAuthority' },
  ],
  'AWS::CloudWatch::Alarm': ({ properties }) => {
    const metrics = listIn(properties['Metrics']).filter((each) => objectIn(each)['MetricStat'] !== undefined);
    const periods = [properties['Period'], ...metrics.map((each) => objectIn(objectIn(each)['MetricStat'])['Period'])];
    const fast = periods.some((period) => period !== undefined && numberIn(period, 0) < 60);
    const key = fast ? 'CloudWatch fast alarm' : 'AWS::CloudWatch::Alarm';
    return [{ key, times: Math.max(1, metrics.length) * (properties['ThresholdMetricId'] === undefined ? 1 : 3) }];
  },
  'AWS::CodePipeline::Pipeline': ({ properties }) =>
    properties['PipelineType'] === 'V2' ? [] : [{ key: 'CodePipeline V1' }],
  'AWS::EFS::FileSystem': ({ properties }) =>
    ['bursting', 'elastic', undefined].includes(properties['ThroughputMode'] as string | undefined)
      ? []
      : [{ key: 'EFS throughput', times: numberIn(properties['ProvisionedThroughputInMibps'], 1) }],
  'AWS::Glue::Crawler': ({ properties }) => (properties['Schedule'] === undefined ? [] : [{ key: 'Glue schedule' }]),
  'AWS::Glue::Trigger': ({ properties }) => (properties['Schedule'] === undefined ? [] : [{ key: 'Glue schedule' }]),
  'AWS::Kinesis::Stream': ({ properties }) => {
    const mode = objectIn(properties['StreamModeDetails'])['StreamMode'];
    const onDemand = mode === undefined ? properties['ShardCount'] === undefined : mode !== 'PROVISIONED';
    if (onDemand) return [{ key: 'Kinesis on demand' }];
    return [{ key: 'AWS::Kinesis::Stream', times: numberIn(properties['ShardCount'], 1) }];
  },
  'AWS::SES::DedicatedIpPool': ({ properties }) =>
    properties['ScalingMode'] === 'MANAGED' ? [{ key: 'SES managed addresses' }] : [],
  'AWS::SSM::Parameter': ({ properties }) => {
    const { Tier: tier, Value: value } = properties;
    const mayBeAdvanced = tier === 'Intelligent-Tiering' && (typeof value !== 'string' || value.length > 4096);
    return tier === undefined || tier === 'Standard' || (tier === 'Intelligent-Tiering' && !mayBeAdvanced)
      ? []
      : [{ key: 'SSM advanced parameter' }];
  },
  'AWS::Synthetics::Canary': ({ properties }) =>
    /^rate\(0 /.test(String(objectIn(properties['Schedule'])['Expression'] ?? ''))
      ? []
      : [{ key: 'AWS::Synthetics::Canary' }],
  'AWS::Transfer::Server': ({ properties }) => [
    { key: 'AWS::Transfer::Server', times: Math.max(1, listIn(properties['Protocols']).length) },
  ],
  'AWS::WAFv2::WebACL': ({ properties }) => [
    { key: 'AWS::WAFv2::WebACL' },
    ...(listIn(properties['Rules']).length > 0 ? [{ key: 'WAF rule', times: listIn(properties['Rules']).length }] : []),
  ],
};
