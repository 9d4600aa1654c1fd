import { type IdleRule, isOff, isZero, numberIn, objectIn, priceOfClass } from './idle-values.ts';

/** Instances and tasks cost where they are; a service on instances of its own costs nothing beside them. */
const service: IdleRule = ({ properties }) => {
  const { LaunchType: type, SchedulingStrategy: strategy, DesiredCount: count } = properties;
  if (type === 'EC2' || type === 'EXTERNAL' || strategy === 'DAEMON' || isZero(count)) return [];
  return [{ key: 'AWS::ECS::Service', times: numberIn(count, 1) }];
};

/** Automatic scaling may hold capacity that the resource itself does not ask for. */
const scalingTarget: IdleRule = ({ properties }) => {
  const { MinCapacity: least, ServiceNamespace: namespace, ScalableDimension: dimension } = properties;
  // The table's own units are counted at the table.
  if (isZero(least) || namespace === 'dynamodb') return [];
  const times = numberIn(least, 1);
  if (String(dimension).startsWith('lambda:')) return [{ key: 'Lambda provisioned', times }];
  return String(dimension).startsWith('ecs:') ? [{ key: 'AWS::ECS::Service', times }] : [{ key: 'Scaling target' }];
};

/** What configurations of machines and containers cost. */
export const computeRules: Readonly<Record<string, IdleRule>> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': scalingTarget,
  'AWS::AppRunner::Service': ({ properties }) => {
    const memory = String(objectIn(properties['InstanceConfiguration'])['Memory'] ?? '2 GB');
    const gigabytes = numberIn(/^\d+$/.test(memory) ? Number(memory) / 1024 : Number.parseFloat(memory), 2);
    return [{ key: 'AWS::AppRunner::Service', times: gigabytes }];
  },
  'AWS::AutoScaling::AutoScalingGroup': ({ properties: { MinSize: least, DesiredCapacity: desired } }) =>
    isZero(least) && (desired === undefined || isZero(desired)) ? [] : [{ key: 'AWS::AutoScaling::AutoScalingGroup' }],
  'AWS::Batch::ComputeEnvironment': ({ properties }) => {
    const least = objectIn(properties['ComputeResources'])['MinvCpus'];
    return properties['Type'] === 'UNMANAGED' || least === undefined || isZero(least)
      ? []
      : [{ key: 'AWS::Batch::ComputeEnvironment' }];
  },
  'AWS::EC2::Instance': ({ properties }) => [
    { key: 'AWS::EC2::Instance', each: priceOfClass(properties['InstanceType'] ?? 'm1.small') },
  ],
  'AWS::EC2::Volume': ({ properties }) => [
    {
      key: 'AWS::EC2::Volume',
      ...(properties['Size'] === undefined ? { each: null } : {}),
      times: numberIn(properties['Size'], 1),
    },
  ],
  'AWS::ECS::Service': service,
  'AWS::EKS::Nodegroup': ({ properties }) => {
    const { MinSize: least, DesiredSize: desired } = objectIn(properties['ScalingConfig']);
    return isZero(least) && isZero(desired ?? least) ? [] : [{ key: 'AWS::EKS::Nodegroup' }];
  },
  'AWS::EMRServerless::Application': ({ properties }) =>
    isOff(properties['InitialCapacity']) ? [] : [{ key: 'AWS::EMRServerless::Application' }],
};
