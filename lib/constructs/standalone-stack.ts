import { basename } from 'node:path';
import {
  type App,
  Aws,
  CfnOutput,
  CfnParameter,
  type DockerImageAssetLocation,
  type FileAssetLocation,
  type FileAssetSource,
  type ISynthesisSession,
  Stack,
  StackSynthesizer,
} from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import {
  type controllerExports,
  controllerParameter,
  exportName,
  standaloneParameters as names,
  STANDALONE,
} from '../rollout/contracts/standalone.ts';
import { acknowledge, acknowledgeWildcard } from './acknowledge.ts';
import { RolloutController } from './controller.ts';
import { allow } from './permissions.ts';
import { STACKS_REASON, stacksArn, TemplateResource } from './template-resource.ts';

/**
 * The stack of a controller that serves functions of any stack and any tool. Its name is known at the deploy alone, and so is the place of
 * its functions' code: its template can be deployed with no CDK at hand.
 */
export class StandaloneStack extends Stack {
  /** The controller, whose name in tags is the name of the stack. */
  readonly controller: RolloutController;

  constructor(app: App, id: string) {
    super(app, id, { description: STANDALONE, synthesizer: new FromParameters(), analyticsReporting: false });
    const stacks = new CfnParameter(this, names.stacks, {
      default: '*',
      allowedPattern: '[A-Za-z0-9*?-]{1,128}',
      description: 'The name, or a pattern of names, of the stacks whose commits rollouts may wait for',
    }).valueAsString;
    this.controller = new RolloutController(this, 'Controller', {
      tagValue: Aws.STACK_NAME,
      automationName: `Sluice-Rollback-${Aws.STACK_NAME}`,
    });
    this.#readStacks(stacks);
    const { serviceToken } = new TemplateResource(this, 'Templates', { controller: this.controller, stacks });
    this.#tell('ServiceToken', serviceToken, 'The service token of Custom::SluiceAlias and Custom::SluiceGroup');
    this.#tell('StateMachineArn', this.controller.stateMachine.stateMachineArn, 'The state machine of the controller');
  }

  /** A controller of constructs may read the stacks of its aliases; which these are is not known here. */
  #readStacks(pattern: string): void {
    const role = this.controller.functions.preflight.role as iam.Role;
    const policy = new iam.Policy(this, 'CommitPolicy', {
      roles: [role],
      statements: [allow(['cloudformation:DescribeStacks'], stacksArn(this, pattern))],
    });
    acknowledge(policy, 'IAMNoInlinePolicy', 'It is of use to one role.');
    acknowledgeWildcard(policy, stacksArn(this, pattern), STACKS_REASON);
  }

  /** Tells a value to templates, by an export, and to everybody else, by a parameter. */
  #tell(output: keyof typeof controllerExports, value: string, description: string): void {
    new CfnOutput(this, output, { value, description, exportName: exportName(Aws.STACK_NAME, output) });
    new ssm.CfnParameter(this, `${output}Parameter`, {
      name: controllerParameter(Aws.STACK_NAME, output),
      type: 'String',
      description: `Sluice: ${description}`,
      value,
    });
  }
}

/** Takes the functions' code from a bucket and a prefix that the deploy gives: each as a zip with the name of its function. */
class FromParameters extends StackSynthesizer {
  #bucket = '';
  #prefix = '';

  override bind(stack: Stack): void {
    super.bind(stack);
    // So that the place of an asset tells the name of its function.
    stack.node.setContext(DISABLE_ASSET_STAGING_CONTEXT, true);
    this.#bucket = new CfnParameter(stack, names.bucket, {
      description: "The bucket with the code of Sluice's functions",
    }).valueAsString;
    this.#prefix = new CfnParameter(stack, names.prefix, {
      description: 'The beginning of the keys under which the code stands, with the last slash',
    }).valueAsString;
  }

  addFileAsset({ fileName = '' }: FileAssetSource): FileAssetLocation {
    const objectKey = `${this.#prefix}${basename(fileName)}.zip`;
    const httpUrl = `https://s3.${Aws.REGION}.${Aws.URL_SUFFIX}/${this.#bucket}/${objectKey}`;
    return { bucketName: this.#bucket, objectKey, httpUrl, s3ObjectUrl: `s3://${this.#bucket}/${objectKey}` };
  }

  addDockerImageAsset(): DockerImageAssetLocation {
    throw new Error('expected no image: the functions are zips');
  }

  synthesize(session: ISynthesisSession): void {
    this.synthesizeTemplate(session);
    this.emitArtifact(session);
  }
}
