import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

/** Properties of the document. */
export interface RollbackAutomationProps {
  /**
   * The document's name.
   *
   * @default - `Sluice-Rollback-` and the name of the stack
   */
  readonly name?: string;
  /** The function that gives an alias back to its stable version. */
  readonly revert: lambda.IFunction;
  /** The controller's state machine. */
  readonly stateMachineArn: string;
}

/**
 * Makes a document of Systems Manager Automation that rolls an alias back: `Alias` is `function:alias`, `Reason` goes into the alias's
 * description. It invokes the revert function and nothing else, under a role of its own.
 */
export function rollbackAutomation(scope: Construct, { name, revert, stateMachineArn }: RollbackAutomationProps): void {
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('ssm.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    description: 'Sluice: lets a rollback from Systems Manager invoke the revert function',
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [revert.functionArn] }));
  new ssm.CfnDocument(scope, 'Document', {
    name: name ?? `Sluice-Rollback-${Stack.of(scope).stackName}`,
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
          description: 'The alias as function:alias, for example checkout:live',
          allowedPattern: '^[A-Za-z0-9-_]{1,64}:[A-Za-z0-9-_]{1,128}$',
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
