import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { MANAGED_TAG } from '../rollout/contracts/tags.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import { controllerLambda } from './controller-lambda.ts';
import { judgeStack } from './early-refusals.ts';
import type { FunctionSettings } from './function-settings.ts';
import { allow, everyFunction, tagged } from './permissions.ts';

/** What the function behind the custom resources has to know of a controller. */
export interface ServedController {
  readonly managedTag: { readonly value: string };
  readonly settings: FunctionSettings;
  readonly stateMachine: { readonly stateMachineArn: string };
}

/** The function behind the custom resources of every RolloutAlias and RolloutGroup of a stack. */
export class AliasResource extends Construct {
  /**
   * The only one of a stack, made when it is first asked for, with the settings of the controller that asks.
   *
   * @param aliases how many aliases it is asked for
   */
  static of(scope: Construct, controller: ServedController, aliases: number): AliasResource {
    const stack = Stack.of(scope);
    const made = stack.node.tryFindChild(ID) as AliasResource | undefined;
    const resource = made ?? new AliasResource(stack, ID, controller.settings);
    resource.#serve(controller, aliases);
    return resource;
  }

  /** The service token of the custom resources that it serves. */
  readonly serviceToken: string;
  readonly #names = new Set<string>();
  readonly #machines = new Set<string>();
  #aliases = 0;

  private constructor(scope: Construct, id: string, settings: FunctionSettings) {
    super(scope, id);
    const functions = everyFunction(this);
    const aliases = ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:DeleteAlias'];
    const release = 'lambda:DeleteProvisionedConcurrencyConfig';
    const names = Lazy.list({ produce: () => [...this.#names] });
    const { handler, role } = controllerLambda(this, 'alias-resource', {
      settings,
      // A stack has one of these, and several stacks may share a controller.
      suffix: `-${this.node.addr.slice(-8)}`,
      description: 'Sluice: makes, checks and removes aliases for CloudFormation',
      timeout: Duration.seconds(120),
      called: 'CloudFormation gets an answer for each request, a failure too, and does not wait for silence for ever.',
      statements: new iam.PolicyDocument({
        statements: [
          allow(
            [...aliases, 'lambda:CreateAlias', 'lambda:GetFunction', 'lambda:ListTags', release],
            functions,
            tagged(MANAGED_TAG, names),
          ),
          // If an alias goes and its function stays, CloudFormation takes the tag away before it asks to delete the alias.
          allow([...aliases, release], functions, tagged('aws:cloudformation:stack-id', Stack.of(this).stackId)),
          allow(['cloudformation:DescribeStacks'], Stack.of(this).stackId),
          new iam.PolicyStatement({
            actions: ['states:StartExecution'],
            resources: Lazy.list({ produce: () => [...this.#machines] }),
          }),
        ],
      }),
    });
    acknowledgeWildcard(role, functions, 'Only functions that bear the tag of a controller, or are of this stack.');
    this.serviceToken = handler.functionArn;
    judgeStack(this, () => this.#aliases);
  }

  /** Allows the calls for the aliases of a controller, however many there are. */
  #serve({ managedTag, stateMachine }: ServedController, aliases: number): void {
    this.#names.add(managedTag.value);
    this.#aliases += aliases;
    this.#machines.add(stateMachine.stateMachineArn);
  }
}

const ID = 'SluiceAliasResource';
