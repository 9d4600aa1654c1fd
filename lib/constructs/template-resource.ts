import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { STATE_MACHINE_VARIABLE } from '../rollout/contracts/environment.ts';
import { GROUP_REGISTRATIONS } from '../rollout/contracts/group-registration.ts';
import { REGISTRATIONS } from '../rollout/contracts/registration.ts';
import { MANAGED_TAG } from '../rollout/contracts/tags.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { RolloutController } from './controller.ts';
import { controllerLambda } from './controller-lambda.ts';
import { allow, everyFunction, tagged } from './permissions.ts';

/** Properties of the function behind the custom resources of templates. */
export interface TemplateResourceProps {
  readonly controller: RolloutController;
  /** The stacks whose status it may read: a name or a pattern. */
  readonly stacks: string;
}

/**
 * The function behind the custom resources of templates that no construct has written. It serves every function that bears the tag of its
 * controller, whichever stack has it, and registers their aliases.
 */
export class TemplateResource extends Construct {
  /** The service token of the custom resources. */
  readonly serviceToken: string;

  constructor(scope: Construct, id: string, { controller, stacks }: TemplateResourceProps) {
    super(scope, id);
    const functions = everyFunction(this);
    const { stateMachineArn } = controller.stateMachine;
    const registrations = [REGISTRATIONS, GROUP_REGISTRATIONS].map((path) =>
      Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${path.slice(1)}/*` }),
    );
    const { handler, role } = controllerLambda(this, 'alias-resource', {
      settings: controller.settings,
      description: 'Sluice: makes, checks and removes aliases for templates and Terraform',
      timeout: Duration.seconds(120),
      called: 'CloudFormation gets an answer for each request, a failure too, and does not wait for silence for ever.',
      environment: { [STATE_MACHINE_VARIABLE]: stateMachineArn },
      statements: new iam.PolicyDocument({
        statements: [
          allow(
            [
              'lambda:GetAlias',
              'lambda:UpdateAlias',
              'lambda:DeleteAlias',
              'lambda:CreateAlias',
              'lambda:GetFunction',
              'lambda:ListTags',
              'lambda:DeleteProvisionedConcurrencyConfig',
            ],
            functions,
            tagged(MANAGED_TAG, controller.managedTag.value),
          ),
          allow(['cloudformation:DescribeStacks'], stacksArn(this, stacks)),
          allow(['states:StartExecution'], stateMachineArn),
          new iam.PolicyStatement({ actions: ['ssm:PutParameter', 'ssm:DeleteParameter'], resources: registrations }),
        ],
      }),
    });
    acknowledgeWildcard(role, functions, 'Only functions that bear the tag of its controller.');
    acknowledgeWildcard(role, stacksArn(this, stacks), STACKS_REASON);
    for (const each of registrations)
      acknowledgeWildcard(role, each, 'Which alias a template has is known at its deploy.');
    this.serviceToken = handler.functionArn;
  }
}

/** Why the stacks are not named one by one. */
export const STACKS_REASON =
  'Which stack deploys a function is known at its deploy. A tag of a stack would be one of all its resources, so a pattern of names narrows it.';

/** The stacks of a name or a pattern, with every id that they may have. */
export const stacksArn = (scope: Construct, pattern: string): string =>
  Stack.of(scope).formatArn({
    service: 'cloudformation',
    resource: 'stack',
    resourceName: `${pattern}/*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
