import { type IdleRule, isZero, numberIn, objectIn } from './idle-values.ts';
import { type Resolved, referredTo } from './resolved.ts';

const MEGABYTES = 128;

/** The function that a version, an alias or an event source names, if the same stack has it. */
const functionOf = (resource: Resolved, all: readonly Resolved[]): Resolved | undefined =>
  referredTo(resource.properties['FunctionName'], resource, all);

/** Its memory in units of 128 MB. */
const memoryOf = (handler: Resolved | undefined): number =>
  numberIn(handler?.properties['MemorySize'], MEGABYTES) / MEGABYTES;

const provisioned: IdleRule = (resource, all) => {
  const config = resource.properties['ProvisionedConcurrencyConfig'];
  if (config === undefined) return [];
  const instances = numberIn(objectIn(config)['ProvisionedConcurrentExecutions'], 1);
  return [{ key: 'Lambda provisioned', times: instances * memoryOf(functionOf(resource, all)) }];
};

/** Snapshots of Java are free. Those of other runtimes are cached for each published version. */
const snapStart: IdleRule = (resource, all) => {
  const handler = functionOf(resource, all);
  const applyOn = objectIn(handler?.properties['SnapStart'])['ApplyOn'];
  if (applyOn === undefined || applyOn === 'None') return [];
  if (/^java/.test(String(handler?.properties['Runtime']))) return [];
  return [{ key: 'Lambda SnapStart', times: memoryOf(handler) }];
};

/** Managed Instances start three execution environments for each version unless its scaling says zero. */
const scaling: IdleRule = (resource, all) => {
  const config = resource.properties['FunctionScalingConfig'];
  const onInstances = functionOf(resource, all)?.properties['CapacityProviderConfig'] !== undefined;
  if (config === undefined && !onInstances) return [];
  return isZero(objectIn(config)['MinExecutionEnvironments']) ? [] : [{ key: 'Lambda scaling' }];
};

/** Streams, Kafka and MQ name where to begin or what to read; a queue of SQS names nothing but itself. */
function readsQueue(resource: Resolved, all: readonly Resolved[]): boolean {
  const { EventSourceArn: arn, StartingPosition: position } = resource.properties;
  const source = referredTo(arn, resource, all);
  if (source) return source.type === 'AWS::SQS::Queue';
  if (typeof arn === 'string') return arn.split(':')[2] === 'sqs';
  const others = ['Queues', 'Topics', 'SelfManagedEventSource', 'DocumentDBEventSourceConfig'];
  return position === undefined && !others.some((name) => resource.properties[name] !== undefined);
}

/** What configurations of Lambda cost. A function and an alias alone cost nothing. */
export const lambdaRules: Readonly<Record<string, IdleRule>> = {
  'AWS::Lambda::Alias': provisioned,
  'AWS::Lambda::Version': (resource, all) => [
    ...provisioned(resource, all),
    ...snapStart(resource, all),
    ...scaling(resource, all),
  ],
  'AWS::Lambda::Function': ({ properties }) => {
    const config = properties['FunctionScalingConfig'];
    return config === undefined || isZero(objectIn(config)['MinExecutionEnvironments'])
      ? []
      : [{ key: 'Lambda scaling' }];
  },
  'AWS::Lambda::EventSourceMapping': (resource, all) => {
    const pollers = resource.properties['ProvisionedPollerConfig'];
    const queue = readsQueue(resource, all);
    if (pollers !== undefined) {
      return [{ key: 'Lambda pollers', times: numberIn(objectIn(pollers)['MinimumPollers'], queue ? 2 : 1) }];
    }
    return queue && resource.properties['Enabled'] !== false ? [{ key: 'Lambda polls SQS' }] : [];
  },
};
