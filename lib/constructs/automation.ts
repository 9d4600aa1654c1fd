import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { outermostStack } from './outermost-stack.ts';
import { allow } from './permissions.ts';

/** Properties of the document. */
export interface RollbackAutomationProps {
  /** Whose aliases it rolls back. */
  readonly controller: Construct;
  /**
   * The document's name.
   *
   * @default - `Sluice-Rollback-` and the name of the stack; with the ids of the controller behind it if it is not the one that a stack makes
   *   by itself; cut to the 128 characters that a document's name may have
   */
  readonly name?: string;
  /**
   * The name of the document's role.
   *
   * @default - CloudFormation makes one
   */
  readonly roleName?: string;
  /** The function that gives an alias back to its stable version. */
  readonly revert: lambda.IFunction;
  /** The controller's state machine. */
  readonly stateMachineArn: string;
}

/**
 * Makes a document of Systems Manager Automation that rolls an alias or a group back: `Alias` is `function:alias` or the name of a group,
 * `Reason` goes into the description of the alias. It invokes the revert function and nothing else, under a role of its own.
 */
export function rollbackAutomation(scope: Construct, props: RollbackAutomationProps): void {
  const { controller, name = defaultName(controller), roleName, revert, stateMachineArn } = props;
  checkName(name, scope.node.path);
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('ssm.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: 'Sluice: lets a rollback from Systems Manager invoke the revert function',
    roleName,
    inlinePolicies: {
      Sluice: new iam.PolicyDocument({ statements: [allow(['lambda:InvokeFunction'], revert.functionArn)] }),
    },
  });
  acknowledge(role, 'IAMNoInlinePolicy', 'The role has one document, and its policy is of no use to any other.');
  new ssm.CfnDocument(scope, 'Document', {
    name,
    documentType: 'Automation',
    documentFormat: 'JSON',
    // A document with a fixed name cannot be replaced.
    updateMethod: 'NewVersion',
    content: {
      schemaVersion: '0.3',
      description:
        'Sluice: rolls a Lambda alias back to the version that served before. Ends a rollout that is under way, or undoes the last promotion.',
      assumeRole: role.roleArn,
      parameters: {
        Alias: {
          type: 'String',
          description: 'The alias as function:alias, for example checkout:live, or the name of a group',
          allowedPattern: '^[A-Za-z0-9-_]{1,64}(:[A-Za-z0-9-_]{1,128})?$',
        },
        Reason: {
          type: 'String',
          description: 'Why you roll back; the description of the alias shows it',
          default: 'asked for in Systems Manager',
          // The document puts it into a JSON text, and the function into a description that ends in a mark in brackets.
          allowedPattern: '^[^"\\\\{}\\[\\]]{1,200}$',
        },
      },
      mainSteps: [
        {
          name: 'PutBack',
          action: 'aws:invokeLambdaFunction',
          timeoutSeconds: 120,
          maxAttempts: 3,
          inputs: {
            FunctionName: revert.functionArn,
            InputPayload: {
              operation: 'rollback',
              alias: '{{ Alias }}',
              reason: '{{ Reason }}',
              by: 'Systems Manager, {{ automation:EXECUTION_ID }}',
              stateMachineArn,
            },
          },
          outputs: [{ Name: 'Answer', Selector: '$.Payload', Type: 'String' }],
          isEnd: true,
        },
      ],
      outputs: ['PutBack.Answer'],
    },
  });
}

/** AWS takes 3 to 128 letters, digits, dashes, underscores and dots. (AWS: Systems Manager, CreateDocument.) */
const LONGEST_NAME = 128;
const documentName = /^[A-Za-z0-9_.-]{3,128}$/;

/** The stack's name, or of a long one its beginning and a hash. */
/** The id of the controller that a stack makes for aliases that name none. */
export const STACK_CONTROLLER = 'SluiceController';

/** A deploy makes a new controller's document before it deletes the one of the controller before, so two of a stack need two names. */
function defaultName(controller: Construct): string {
  const stack = outermostStack(controller);
  const ids = controller.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  const own = ids.length === 1 && ids[0] === STACK_CONTROLLER ? [] : ids;
  const name = ['Sluice-Rollback', stack.stackName, ...own.map((id) => id.replace(/[^\w.-]/g, '-'))].join('-');
  if (Token.isUnresolved(name) || name.length <= LONGEST_NAME) return name;
  const hash = controller.node.addr.slice(-8);
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}

/** @throws Error if Systems Manager would refuse the name */
function checkName(name: string, path: string): void {
  if (Token.isUnresolved(name) || documentName.test(name)) return;
  throw new Error(
    `${path}: automationName: expected 3 to ${LONGEST_NAME} letters, digits, dashes, underscores and dots, found ${name.length}: ${JSON.stringify(name)}`,
  );
}
