import { DefaultStackSynthesizer, Stack, type StackProps } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Properties of the pipeline. */
export interface CheckoutPipelineProps extends StackProps {
  /** The ARN of a CodeConnections connection to where the repository is. */
  readonly connectionArn: string;
  /** The owner of the repository, for example `acme`. */
  readonly owner: string;
  /** The repository's name, for example `checkout`. */
  readonly repository: string;
}

const buildImage = codebuild.LinuxBuildImage.STANDARD_7_0;
const install = { 'runtime-versions': { nodejs: 22 }, commands: ['npm ci'] };

/**
 * A pipeline that tests and deploys the reference service and waits for its rollout. It fails unless the version is promoted. The tests
 * run in a project that may do nothing in AWS but log.
 */
export class CheckoutPipeline extends Stack {
  constructor(scope: Construct, id: string, props: CheckoutPipelineProps) {
    super(scope, id, props);
    const source = new codepipeline.Artifact();
    const test = new codebuild.PipelineProject(this, 'Test', {
      environment: { buildImage },
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: { install, build: { commands: ['npm test'] } },
      }),
    });
    const release = new codebuild.PipelineProject(this, 'Release', {
      environment: { buildImage },
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: {
          install,
          build: {
            commands: [
              // A build of CodePipeline names no branch, so production is named here.
              'npx cdk deploy -c branch=main --require-approval never --outputs-file outputs.json',
              'npm run -s sluice -- watch "$(node -p "require(\'./outputs.json\').checkout.FunctionName"):live"',
            ],
          },
        },
      }),
    });
    const arn = (service: string, resource: string) => this.formatArn({ service, resource, resourceName: '*' });
    // To deploy: the roles of the CDK's bootstrap, by name.
    const qualifier = DefaultStackSynthesizer.DEFAULT_QUALIFIER;
    release.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['sts:AssumeRole'],
        resources: ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map(
          (name) =>
            `arn:${this.partition}:iam::${this.account}:role/cdk-${qualifier}-${name}-role-${this.account}-${this.region}`,
        ),
      }),
    );
    // To watch: the registrations of aliases, and the executions of their controllers.
    release.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
        resources: [arn('ssm', 'parameter/sluice')],
      }),
    );
    release.addToRolePolicy(
      new iam.PolicyStatement({
        actions: [
          'states:ListTagsForResource',
          'states:ListExecutions',
          'states:DescribeExecution',
          'states:GetExecutionHistory',
        ],
        resources: [
          `arn:${this.partition}:states:${this.region}:${this.account}:stateMachine:checkout-*`,
          `arn:${this.partition}:states:${this.region}:${this.account}:execution:checkout-*:*`,
        ],
      }),
    );
    new codepipeline.Pipeline(this, 'Pipeline', {
      pipelineType: codepipeline.PipelineType.V2,
      stages: [
        {
          stageName: 'Source',
          actions: [
            new actions.CodeStarConnectionsSourceAction({
              actionName: 'Source',
              connectionArn: props.connectionArn,
              owner: props.owner,
              repo: props.repository,
              branch: 'main',
              output: source,
            }),
          ],
        },
        {
          stageName: 'Test',
          actions: [new actions.CodeBuildAction({ actionName: 'Test', project: test, input: source })],
        },
        {
          stageName: 'Release',
          actions: [new actions.CodeBuildAction({ actionName: 'Release', project: release, input: source })],
        },
      ],
    });
  }
}
