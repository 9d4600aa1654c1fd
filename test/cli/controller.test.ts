import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../lib/cli/account.ts';
import { STANDALONE } from '../../lib/rollout/contracts/standalone.ts';
import { answering } from '../aws/answering.ts';
import { run, runIn } from './a-terminal.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
const TOKEN = 'arn:aws:lambda:us-east-1:123456789012:function:sluice-resource';
const STACK = 'arn:aws:cloudformation:us-east-1:123456789012:stack/sluice/1';

type Input = Readonly<Record<string, unknown>>;

const missing = (name: string) => Object.assign(new Error(`${name}: it is not there`), { name });

/** An account with one stack of a name, or none, and the buckets and rollouts that it is given. */
class AnAccount {
  stack: Record<string, unknown> | undefined;
  buckets: string[] = [];
  running: string[] = [];
  parameters: { Name: string; Value: string }[] = [];
  events: object[] = [];
  /** The status that the next change ends with. */
  ends: string | undefined;
  unchanged = false;
  readonly calls: [string, Input][] = [];
  callerArn = 'arn:aws:iam::123456789012:user/ann';

  get account(): Account {
    const where = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const answer = (command: string, input: Input) => this.#answer(command, input);
    return {
      cloudformation: answering(new CloudFormationClient(where), answer),
      s3: answering(new S3Client(where), answer),
      sfn: answering(new SFNClient(where), answer),
      ssm: answering(new SSMClient(where), answer),
      caller: async () => this.callerArn,
      pause: async () => {},
    } as unknown as Account;
  }

  sent(command: string): Input[] {
    return this.calls.filter(([name]) => name === command).map(([, input]) => input);
  }

  #answer(command: string, input: Input): object {
    this.calls.push([command, input]);
    const answers: Readonly<Record<string, () => object>> = {
      DescribeStacksCommand: () => {
        if (!this.stack) throw missing('ValidationError');
        return { Stacks: [this.stack] };
      },
      CreateStackCommand: () => {
        this.#become(input, this.ends ?? 'CREATE_COMPLETE');
        return { StackId: STACK };
      },
      UpdateStackCommand: () => {
        if (this.unchanged)
          throw Object.assign(new Error('No updates are to be performed.'), { name: 'ValidationError' });
        this.#become(input, this.ends ?? 'UPDATE_COMPLETE');
        return { StackId: STACK };
      },
      DeleteStackCommand: () => {
        this.stack = { ...this.stack, StackStatus: this.ends ?? 'DELETE_COMPLETE' };
        return {};
      },
      DescribeStackEventsCommand: () => ({ StackEvents: this.events }),
      ListExportsCommand: () => ({
        Exports: this.stack
          ? [
              { Name: 'sluice:service-token', Value: TOKEN, ExportingStackId: STACK },
              { Name: 'sluice:state-machine', Value: MACHINE, ExportingStackId: STACK },
              { Name: 'other:state-machine', Value: 'x', ExportingStackId: 'y' },
            ]
          : [],
      }),
      HeadBucketCommand: () => {
        if (!this.buckets.includes(String(input['Bucket']))) throw missing('NotFound');
        return {};
      },
      CreateBucketCommand: () => ({}),
      PutObjectCommand: () => ({}),
      ListExecutionsCommand: () => ({ executions: this.running.map((name) => ({ name })) }),
      ListTagsForResourceCommand: () => ({ tags: [{ key: 'sluice:version', value: '0.1.0' }] }),
      GetParametersByPathCommand: () => ({ Parameters: this.parameters }),
    };
    const given = answers[command];
    if (!given) throw new Error(`not expected: ${command}`);
    return given();
  }

  #become({ StackName, Parameters }: Input, StackStatus: string): void {
    this.stack = {
      StackName,
      StackId: STACK,
      StackStatus,
      Parameters,
      Description: STANDALONE,
      Outputs: [
        { OutputKey: 'ServiceToken', OutputValue: TOKEN },
        { OutputKey: 'StateMachineArn', OutputValue: MACHINE },
      ],
    };
  }
}

const parametersOf = ({ Parameters }: Input = {}) =>
  Object.fromEntries(
    (Parameters as { ParameterKey: string; ParameterValue: string }[]).map((each) => [
      each.ParameterKey,
      each.ParameterValue,
    ]),
  );

describe('sluice controller deploy', () => {
  it('puts the code of the functions into a bucket of its own account, and makes the stack', async () => {
    const aws = new AnAccount();
    const { code, out } = await runIn(aws.account, 'controller', 'deploy', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      controller: 'sluice',
      change: 'made',
      serviceToken: TOKEN,
      stateMachineArn: MACHINE,
      bucket: 'sluice-123456789012-us-east-1',
      undo: 'sluice controller remove sluice',
    });
    expect(aws.sent('CreateBucketCommand')).toEqual([{ Bucket: 'sluice-123456789012-us-east-1' }]);
    const puts = aws.sent('PutObjectCommand');
    expect(puts).toHaveLength(8);
    const { FunctionsPrefix, ...others } = parametersOf(aws.sent('CreateStackCommand')[0]);
    expect(others).toEqual({ FunctionsBucket: 'sluice-123456789012-us-east-1', Stacks: '*' });
    expect(FunctionsPrefix).toMatch(/^sluice\/[0-9a-f]{12}\/$/);
    for (const { Key, ExpectedBucketOwner } of puts) {
      expect(Key).toMatch(new RegExp(`^${FunctionsPrefix}[a-z-]+\\.zip$`));
      expect(ExpectedBucketOwner).toBe('123456789012');
    }
  });

  it('shows the tag and the token in lines of at most 80 columns', async () => {
    const { out } = await runIn(new AnAccount().account, 'controller', 'deploy');
    expect(out).toContain('!ImportValue sluice:service-token');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('updates a controller, and keeps its bucket and its stacks if none are given', async () => {
    const aws = new AnAccount();
    aws.buckets = ['ours'];
    await runIn(aws.account, 'controller', 'deploy', '--bucket', 'ours', '--stacks', 'shop-*');
    const { out } = await runIn(aws.account, 'controller', 'deploy', '--json');
    expect(JSON.parse(out)).toMatchObject({ change: 'updated', bucket: 'ours' });
    expect(parametersOf(aws.sent('UpdateStackCommand')[0])).toMatchObject({
      FunctionsBucket: 'ours',
      Stacks: 'shop-*',
    });
    expect(aws.sent('CreateBucketCommand')).toEqual([]);
  });

  it('says so if there is nothing to update', async () => {
    const aws = new AnAccount();
    await runIn(aws.account, 'controller', 'deploy');
    aws.unchanged = true;
    const { code, out } = await runIn(aws.account, 'controller', 'deploy');
    expect([code, out.split('\n')[0]]).toEqual([0, 'nothing changed in controller sluice']);
  });

  it('leaves a stack alone that is no controller', async () => {
    const aws = new AnAccount();
    aws.stack = { StackName: 'sluice', StackStatus: 'CREATE_COMPLETE', Description: 'a shop' };
    const { code, err } = await runIn(aws.account, 'controller', 'deploy');
    expect(code).toBe(2);
    expect(err).toContain('stack sluice exists, and it is no controller; nothing was done');
    expect(aws.sent('UpdateStackCommand')).toEqual([]);
  });

  it('says why the stack failed, and ends with code 1', async () => {
    const aws = new AnAccount();
    aws.ends = 'ROLLBACK_COMPLETE';
    aws.events = [
      { ResourceStatus: 'CREATE_FAILED', LogicalResourceId: 'A', ResourceStatusReason: 'Resource creation cancelled' },
      { ResourceStatus: 'CREATE_FAILED', LogicalResourceId: 'Role', ResourceStatusReason: 'not allowed' },
    ];
    const { code, err } = await runIn(aws.account, 'controller', 'deploy');
    expect(code).toBe(1);
    expect(err).toContain('is ROLLBACK_COMPLETE: Role: not allowed');
    expect(err).not.toContain('cancelled');
  });

  it.each([
    [['--name', 'a.b'], '"a.b" is no name of a controller'],
    [['--stacks', 'a/b'], '--stacks: found a/b'],
  ])('refuses %j before any change', async (words, said) => {
    const aws = new AnAccount();
    const { code, err } = await runIn(aws.account, 'controller', 'deploy', ...words);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(aws.calls.filter(([name]) => !name.startsWith('Describe'))).toEqual([]);
  });

  it('refuses if it does not know its own account: a bucket of that name may be of another one', async () => {
    const aws = new AnAccount();
    aws.callerArn = 'ann';
    const { code, err } = await runIn(aws.account, 'controller', 'deploy');
    expect([code, err]).toEqual([2, expect.stringContaining('the account cannot be told')]);
  });
});

describe('sluice controller template', () => {
  it('writes the template and the zips, without an account', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'out');
    const { code, out } = await run('controller', 'template', '--output', folder);
    expect(code).toBe(0);
    expect(out).toContain('FunctionsPrefix=sluice/');
    expect(Object.keys(JSON.parse(readFileSync(`${folder}/template.json`, 'utf8')))).toContain('Resources');
    const zips = readdirSync(`${folder}/functions`);
    expect(zips).toHaveLength(8);
    expect(readFileSync(`${folder}/functions/shift.zip`).subarray(0, 2).toString()).toBe('PK');
  });
});

describe('sluice controller list', () => {
  it('tells of each controller how many aliases it has and how many rollouts run', async () => {
    const aws = new AnAccount();
    await runIn(aws.account, 'controller', 'deploy');
    aws.running = ['deploy-42'];
    aws.parameters = [registered('checkout', MACHINE), registered('other', `${MACHINE}-2`)];
    const { out } = await runIn(aws.account, 'controller', 'list');
    expect(out).toBe(`sluice  0.1.0\n  1 alias, 1 rollout runs\n  ${TOKEN}\n`);
    const json = await runIn(aws.account, 'controller', 'list', '--json');
    expect(JSON.parse(json.out)).toEqual({
      controllers: [
        {
          name: 'sluice',
          stackId: STACK,
          serviceToken: TOKEN,
          stateMachineArn: MACHINE,
          release: '0.1.0',
          aliases: 1,
          running: 1,
        },
      ],
    });
  });

  it('says how to get one if there is none', async () => {
    const { out } = await runIn(new AnAccount().account, 'controller', 'list');
    expect(out).toContain('sluice controller deploy makes one');
  });
});

describe('sluice controller remove', () => {
  async function deployed() {
    const aws = new AnAccount();
    await runIn(aws.account, 'controller', 'deploy');
    return aws;
  }

  it('deletes the stack of a controller that nobody needs', async () => {
    const aws = await deployed();
    const { code, out } = await runIn(aws.account, 'controller', 'remove', 'sluice');
    expect([code, out.split('\n')[0]]).toEqual([0, 'removed controller sluice']);
    expect(aws.sent('DeleteStackCommand')).toEqual([{ StackName: STACK }]);
  });

  it('is refused while a rollout runs', async () => {
    const aws = await deployed();
    aws.running = ['deploy-42'];
    const { code, err } = await runIn(aws.account, 'controller', 'remove', 'sluice');
    expect([code, err]).toEqual([2, expect.stringContaining('rollouts of sluice run: deploy-42; nothing was done')]);
    expect(aws.sent('DeleteStackCommand')).toEqual([]);
  });

  it('is refused as long as an alias is registered with it', async () => {
    const aws = await deployed();
    aws.parameters = [registered('checkout', MACHINE)];
    const { code, err } = await runIn(aws.account, 'controller', 'remove', 'sluice');
    expect([code, err]).toEqual([2, expect.stringContaining('aliases are registered with sluice: checkout:live')]);
    expect(aws.sent('DeleteStackCommand')).toEqual([]);
  });

  it('names the controllers that there are if there is none of that name', async () => {
    const aws = await deployed();
    const { code, err } = await runIn(aws.account, 'controller', 'remove', 'other');
    expect([code, err]).toEqual([2, expect.stringContaining('expected: sluice')]);
  });

  it('says why the stack stays', async () => {
    const aws = await deployed();
    aws.ends = 'DELETE_FAILED';
    aws.events = [{ ResourceStatus: 'DELETE_FAILED', LogicalResourceId: 'Logs', ResourceStatusReason: 'in use' }];
    const { code, err } = await runIn(aws.account, 'controller', 'remove', 'sluice');
    expect([code, err]).toEqual([1, expect.stringContaining('Logs: in use')]);
  });
});

const registered = (name: string, stateMachineArn: string) => ({
  Name: `/sluice/${name}/live/0123456789ab`,
  ARN: `arn:aws:ssm:us-east-1:123456789012:parameter/sluice/${name}/live/0123456789ab`,
  Value: JSON.stringify({ schema: 1, stateMachineArn }),
});
