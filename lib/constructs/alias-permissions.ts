import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { HOOK_TAG } from '../rollout/contracts/tags.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import { tagFunction } from './managed-tags.ts';
import { outermostStack } from './outermost-stack.ts';
import { allow, type ControllerRoles } from './permissions.ts';
import { RoleRoom } from './role-room.ts';

const LONGEST_FUNCTION_ARN = 'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:'.length + 64;
const LONGEST_STACK_ARN = 'arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/'.length + 1 + 36;
const LONGEST_LOG_ARN = 'arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group::*'.length + 128;
const LONGEST_POLICY_NAME = 128;

/** The permissions of a controller that no tag can stand for. They grow with the stacks and with foreign hooks, not with the aliases. */
export class AliasPermissions {
  readonly #controller: Construct;
  readonly #name: string;
  readonly #hash: string;
  readonly #roles: ControllerRoles;
  readonly #stacks: RoleRoom;
  readonly #hooks: RoleRoom;
  readonly #logs: RoleRoom;

  /** @param name the controller's name in tags */
  constructor(controller: Construct, name: string, roles: ControllerRoles) {
    this.#controller = controller;
    this.#name = name;
    this.#hash = controller.node.addr.slice(-8);
    this.#roles = roles;
    this.#stacks = new RoleRoom(controller, 'preflight', 'stacks of aliases');
    this.#hooks = new RoleRoom(
      controller,
      'run-hooks',
      'hooks that are not of this app or are those of another controller',
    );
    this.#logs = new RoleRoom(controller, 'observe', 'functions whose log is counted');
  }

  /** Allows to ask whether the stack of an alias has committed: once for each stack. A tag of a stack would be one of all its resources. */
  readStack(scope: Construct): iam.Policy {
    const stack = outermostStack(scope);
    // A policy of the outermost stack would wait for the role of a nested controller, whose own alias waits for the policy.
    const place = outermostStack(this.#controller) === stack ? Stack.of(this.#controller) : stack;
    const id = `SluiceCommit${this.#hash}`;
    const made = place.node.tryFindChild(id) as iam.Policy | undefined;
    if (made) return made;
    this.#stacks.add(stack.node.path, LONGEST_STACK_ARN + stack.stackName.length);
    const name = unique('sluice-commit', stack.stackName, place.node.addr);
    return attach(place, id, name, this.#roles.preflight, ['cloudformation:DescribeStacks'], stack.stackId);
  }

  /** Allows to query the log of a function, and no other: each has a log group of its own, whose tags are not ours. */
  readLog(scope: Construct, logGroupName: string): iam.Policy {
    const id = `SluiceLog${this.#hash}`;
    const { path, addr } = scope.node;
    const longest = LONGEST_LOG_ARN + READ_RESULTS.length;
    this.#logs.add(path, longest);
    this.#stacks.add(`${path} log`, longest);
    const arn = Stack.of(scope).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const policy = new iam.Policy(scope, id, {
      policyName: unique('sluice-log', outermostStack(scope).stackName, addr),
      roles: [this.#roles.preflight, this.#roles.observe],
      statements: [
        // Judged on the log group with its streams. (Refusals of AWS say `log-group:<name>:log-stream:`: aws-sdk-js#3022.)
        allow(['logs:StartQuery'], `${arn}:*`),
        // A query is named by its id, which is known only to whoever has started it: AWS's reference names the log group for its results
        // since 2026, and nothing for its end; what is judged was not recorded.
        allow(['logs:GetQueryResults', 'logs:StopQuery'], '*'),
      ],
    });
    acknowledgeWildcard(policy, `${arn}:*`, 'The log streams of one log group.');
    acknowledgeWildcard(policy, '*', 'A query is known by its id alone, and only to whoever has started it.');
    acknowledge(policy, 'IAMNoInlinePolicy', 'A role takes ten managed policies only, and more functions than that.');
    return policy;
  }

  /**
   * Allows to call a hook: by a tag on its function, or by a policy if the function is not of this app or is a hook of another controller.
   *
   * @returns the policy, if there is one
   */
  callHook(scope: Construct, hook: lambda.IFunction): iam.Policy | undefined {
    if (tagFunction(hook, HOOK_TAG, this.#name) === 'tagged') return undefined;
    const id = `Hook${hook.node.addr.slice(-8)}Policy`;
    const made = scope.node.tryFindChild(id) as iam.Policy | undefined;
    if (made) return made;
    this.#hooks.add(`${scope.node.path} ${hook.node.path}`, LONGEST_FUNCTION_ARN);
    const hash = `${scope.node.addr}${hook.node.addr.slice(-8)}`;
    const name = unique('sluice-hook', outermostStack(scope).stackName, hash);
    return attach(scope, id, name, this.#roles['run-hooks'], ['lambda:InvokeFunction'], hook.functionArn);
  }
}

const READ_RESULTS = '{"Action":["logs:GetQueryResults","logs:StopQuery"],"Effect":"Allow","Resource":"*"},';

/** Roles are shared by stacks, and a policy of the same name would be the same policy. */
function attach(
  scope: Construct,
  id: string,
  policyName: string,
  role: iam.Role,
  actions: string[],
  resource: string,
): iam.Policy {
  const policy = new iam.Policy(scope, id, { policyName, roles: [role], statements: [allow(actions, resource)] });
  acknowledge(
    policy,
    'IAMNoInlinePolicy',
    'A role takes ten managed policies only, and more stacks than that share it.',
  );
  return policy;
}

/** A name that no other stack of the account and region gives a policy: an app may be deployed twice under two stack names. */
function unique(what: string, stackName: string, hash: string): string {
  const beginning = `${what}-${stackName}`.slice(0, LONGEST_POLICY_NAME - hash.length - 1);
  return `${beginning}-${hash}`;
}
