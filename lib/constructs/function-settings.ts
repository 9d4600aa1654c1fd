import { Stack, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct, IConstruct } from 'constructs';
import { outermostStack } from './outermost-stack.ts';

/** How all of Sluice's own functions run and log. */
export interface FunctionSettings {
  /**
   * How long the logs are kept.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * A key for the log groups, for the environment variables of the functions and for the queue of failed events. CloudWatch Logs of the
   * region is allowed to use it, if the key is of this app; an imported key has to allow that already. Rollouts themselves stay under the
   * key that AWS owns: whoever reads them would need yours.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The network of the functions. They call Lambda, Step Functions, EventBridge, CloudWatch, Systems Manager, CloudFormation and, for
   * traces, X-Ray: give the subnets a way to the internet, or interface endpoints for these.
   *
   * @default - none: the functions call AWS's APIs alone, and a network that breaks would keep aliases from being put back
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the functions.
   *
   * @default - the private ones of the network
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the functions. They need to let HTTPS out, and nothing in.
   *
   * @default - one for each function
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];

  /**
   * The beginning of the names of all functions, roles and log groups, for policies that go by names: letters, digits and dashes, at most
   * 32. Two controllers of an account need two, in two regions as well, because roles are an account's. Choose it at the first deploy: another name is another function, and running
   * rollouts call those that they began with.
   *
   * @default - CloudFormation makes the names
   */
  readonly namePrefix?: string;
}

const prefix = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;

/** @throws Error if the prefix cannot begin all names, or begins those of another controller of the account */
export function checkSettings(controller: Construct, { namePrefix }: FunctionSettings): void {
  if (namePrefix === undefined) return;
  const { path } = controller.node;
  if (!prefix.test(namePrefix)) {
    throw new Error(
      `${path}: namePrefix: expected a letter, then letters, digits and dashes, at most 32 in all, found ${JSON.stringify(namePrefix)}`,
    );
  }
  const owner = ownerOf(namePrefix, controller);
  if (owner !== path) {
    throw new Error(
      `${path}: namePrefix: expected one that no other controller of the account has, found ${JSON.stringify(namePrefix)} of ${owner}: roles are the account's, so put the region or the team into it`,
    );
  }
}

const owners = new WeakMap<IConstruct, Map<string, string>>();

/** The first controller of an app with this prefix in its account. Of stacks whose account is not known, each may have its own. */
function ownerOf(namePrefix: string, controller: Construct): string {
  const { account } = Stack.of(controller);
  const where = Token.isUnresolved(account) ? outermostStack(controller).node.addr : account;
  const known = owners.get(controller.node.root) ?? new Map<string, string>();
  owners.set(controller.node.root, known);
  const key = `${where}/${namePrefix}`;
  const owner = known.get(key) ?? controller.node.path;
  known.set(key, owner);
  return owner;
}

/** A log group of Sluice: it goes with its stack. CloudWatch Logs may use its key for groups of this account and region. */
export function logGroupProps(
  scope: Construct,
  { logRetention = logs.RetentionDays.ONE_MONTH, encryptionKey }: FunctionSettings,
): Pick<logs.LogGroupProps, 'retention' | 'encryptionKey'> {
  if (encryptionKey) allowLogs(scope, encryptionKey);
  return { retention: logRetention, ...(encryptionKey ? { encryptionKey } : {}) };
}

const allowed = new WeakSet<kms.IKey>();

function allowLogs(scope: Construct, key: kms.IKey): void {
  if (allowed.has(key)) return;
  allowed.add(key);
  const { account, partition, region, urlSuffix } = Stack.of(scope);
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${region}.${urlSuffix}`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      // In a key's policy this is the key itself.
      resources: ['*'],
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
      },
    }),
  );
}
