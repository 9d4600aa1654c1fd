import type { CfnResource } from 'aws-cdk-lib';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type Resolved, resolved } from './resolved.ts';

const protection = /^(Deletion|Delete|Termination)Protection(Enabled)?$|^DisableApiTermination$/;

/** What switches a protection off, by what it is. */
const off: Readonly<Record<string, unknown>> = {
  true: false,
  ACTIVE: 'INACTIVE',
  ENABLED: 'DISABLED',
  'prevent-force-deletion': 'none',
  'prevent-all-deletion': 'none',
};

/** Settings under which a resource deletes what it holds, by its type. */
const emptying: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'AWS::Athena::WorkGroup': { RecursiveDeleteOption: true },
  'AWS::ECR::Repository': { EmptyOnDelete: true },
};

/** Settings under which a service keeps copies of what is deleted, by the type: what they are, and what they become. */
const copies: Readonly<Record<string, readonly (readonly [path: string, kept: unknown, gone: unknown])[]>> = {
  'AWS::EFS::FileSystem': [['BackupPolicy.Status', 'ENABLED', 'DISABLED']],
  'AWS::RDS::DBCluster': [['DeleteAutomatedBackups', false, true]],
  'AWS::RDS::DBInstance': [['DeleteAutomatedBackups', false, true]],
};

/**
 * Lets a resource go with its stack: switches off its protection against deletion, lets it delete what it holds, and gives a function
 * without a log group one of the stack, because Lambda would make one that stays. It goes by the resource's type and properties, so it
 * holds for a plain `CfnResource`, and for what the CDK makes by itself.
 */
export function makeDeletable(resource: CfnResource): void {
  const { type, properties } = resolved(resource);
  for (const { path, value } of protectionsOf(properties)) {
    if (String(value) in off) resource.addPropertyOverride(path, off[String(value)]);
  }
  for (const [path, value] of Object.entries(emptying[type] ?? {})) resource.addPropertyOverride(path, value);
  for (const [path, kept, gone] of copies[type] ?? []) {
    if (valueAt(properties, path) === kept) resource.addPropertyOverride(path, gone);
  }
  if (type === 'AWS::Lambda::Function' && valueAt(properties, 'LoggingConfig.LogGroup') === undefined) {
    const logs = new CfnLogGroup(resource, 'SluiceLogs', { retentionInDays: RetentionDays.THREE_DAYS });
    resource.addPropertyOverride('LoggingConfig.LogGroup', logs.ref);
  }
}

/** The protections of a resource that are still on, or that the template does not tell. */
export const protectionsLeft = ({ properties }: Resolved): readonly string[] =>
  protectionsOf(properties)
    .filter(({ value }) => String(value) in off || typeof value === 'object')
    .map(({ path }) => path);

/** The settings that protect from deletion, at any depth. */
function protectionsOf(value: unknown, path = '', named = false): readonly { path: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null || isIntrinsic(value)) return named ? [{ path, value }] : [];
  return [
    ...Object.entries(value).flatMap(([key, inner]) =>
      protectionsOf(inner, path ? `${path}.${key.replaceAll('.', '\\.')}` : key, named || protection.test(key)),
    ),
    ...attributesOf(value, path),
  ];
}

/** Load balancers name theirs in a list of keys and values. */
function attributesOf(value: object, path: string): readonly { path: string; value: unknown }[] {
  const { Key: key, Value: setting } = value as { Key?: unknown; Value?: unknown };
  return key === 'deletion_protection.enabled' ? [{ path: `${path}.Value`, value: setting }] : [];
}

const isIntrinsic = (value: object): boolean =>
  Object.keys(value).length === 1 && /^(Ref$|Fn::)/.test(Object.keys(value)[0] as string);

/** The value at a path with dots; undefined if there is none. */
export const valueAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], value);
