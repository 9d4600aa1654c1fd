import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  type UpdateFunctionConfigurationCommandInput,
} from '@aws-sdk/client-lambda';
import { type DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPosition } from '../../lib/aws/states/history.ts';
import { totalOf } from '../../lib/rollout/coverage.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { LONGEST_LAG_SECONDS } from '../../lib/rollout/logs/lag.ts';
import { FIRST_LAG_SECONDS } from '../../lib/rollout/logs/memory.ts';
import { Deployment, eventually, LONG_PATIENCE_SECONDS, sluiceJson, underTraffic } from './deployment.ts';
import type { LogVariant } from './log-app.ts';

/**
 * Whole rollouts that count by the function's log, under the roles that the stack gives. The endpoint shows that the controller may query this
 * log group, that the query finds the lines of both versions, and that their counts decide. Its lines are all late by LOG_DELAY seconds. An
 * account alone shows how much the lag varies, and how AWS judges the grant. A rollout measures the lag by itself, so the suite runs there, too.
 */
const checkout = new Deployment<LogVariant>(`sluice-e2e-log-${process.pid}`, 'test/e2e/log-app.ts');
const lambda = new LambdaClient({});
const sfn = new SFNClient({});
const iam = new IAMClient({});
const alone = (version: string) => ({ version, weights: {} });
/** How late lines are, in seconds: on an endpoint, as it was started, and sooner than is assumed before any was seen. */
const lag = {
  least: Number(process.env['LOG_DELAY'] ?? 0),
  below: process.env['AWS_ENDPOINT_URL'] === undefined ? LONGEST_LAG_SECONDS + 1 : FIRST_LAG_SECONDS,
};
const live = () => `${checkout.functionName}:live`;

/** Three callers with such pauses make some ten requests a second, of which one is the candidate's at the first weight. */
const PAUSE_MILLISECONDS = 250;

/** Answers what became of the rollout of a release, with the requests that were sent meanwhile. */
const rolledOut = (release: string, faultRate = 0) =>
  underTraffic(
    checkout,
    async () => {
      expect(await checkout.deploy({ release, faultRate })).toBe(true);
      return checkout.ended(checkout.version, LONG_PATIENCE_SECONDS);
    },
    PAUSE_MILLISECONDS,
  );

/** The document that a rollout has ended with. */
async function documentOf({ executionArn = '' }: Pick<DescribeExecutionCommandOutput, 'executionArn'>) {
  const { rollout } = await readPosition(sfn, executionArn);
  if (!rollout) throw new Error(`${executionArn} has no document`);
  return rollout;
}

/** Everything that a rollout tells people. */
const toldBy = ({ remarks, journal }: Rollout) => [...remarks, ...journal.map(({ reason }) => reason)].join('\n');

/** How people are told that a version fails, and the one beside it does not. */
const failuresOf = (version: string) =>
  new RegExp(`[1-9]\\d* of \\d+ requests failed on ${version} and 0 of [1-9]\\d*`);

const byMinutes = /counted by CloudWatch's minutes/;

beforeAll(async () => {
  await checkout.bootstrap();
  expect(await checkout.deploy({ release: 'one' })).toBe(true);
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

describe('a rollout that counts by the log of its function', () => {
  let good = '';

  it('promotes a good version by what the log shows', async () => {
    const { result: execution, answers } = await rolledOut('two');
    good = checkout.version;
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(await checkout.alias()).toEqual(alone(good));
    expect(answers.filter(({ failed }) => failed)).toEqual([]);
    const document = await documentOf(execution);
    expect(document.logs).toMatchObject({ group: checkout.outputs['LogGroup'], minutesBecause: null });
    expect(document.logs?.bytesScanned).toBeGreaterThan(0);
    expect(document.logs?.lagSeconds).toBeGreaterThanOrEqual(lag.least);
    expect(document.logs?.lagSeconds).toBeLessThan(lag.below);
    expect(toldBy(document)).not.toMatch(byMinutes);
    const weights = document.report?.steps.map(({ weight }) => weight) ?? [];
    expect(weights.length).toBeGreaterThanOrEqual(3);
    expect(weights.at(-1)).toBe(100);
    // Each step was left for requests that the log has shown, and the log shows none that nobody sent.
    const steps = document.report?.steps.map(({ requests }) => requests) ?? [];
    expect(Math.min(...steps.map(({ candidate }) => candidate.invocations))).toBeGreaterThan(0);
    const seen = totalOf(steps).candidate;
    expect(seen.errors).toBe(0);
    expect(seen.invocations).toBeLessThanOrEqual(answers.filter(({ version }) => version === good).length);
  });

  it('reverts a version of whose requests half fail, because the log shows it', async () => {
    const { result: execution, answers } = await rolledOut('three', 0.5);
    const bad = checkout.version;
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toMatch(failuresOf(bad));
    expect(await checkout.alias()).toEqual(alone(good));
    const document = await documentOf(execution);
    expect(document.logs).toMatchObject({ group: checkout.outputs['LogGroup'], minutesBecause: null });
    expect(toldBy(document)).not.toMatch(byMinutes);
    const { stable, candidate } = totalOf(document.logs?.used ?? []);
    const failed = answers.filter((answer) => answer.failed);
    expect(new Set(failed.map(({ version }) => version))).toEqual(new Set([bad]));
    expect(stable).toMatchObject({ errors: 0, invocations: expect.toSatisfy((count: number) => count > 0) });
    expect(candidate.errors).toBeGreaterThan(0);
    expect(candidate.errors).toBeLessThanOrEqual(failed.length);
  });
});

describe('if the log cannot serve', () => {
  const settled = () =>
    eventually('the function is at rest', async () => {
      const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: checkout.functionName }));
      return found.LastUpdateStatus === 'Successful' ? true : undefined;
    });

  /** Publishes a version by hand of whose requests half fail, and rolls it out in seconds. */
  async function rolledOutByHand(change: Omit<UpdateFunctionConfigurationCommandInput, 'FunctionName'>) {
    const FunctionName = checkout.functionName;
    const Environment = { Variables: { FAULT_RATE: '0.5' } };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment, ...change }));
    await settled();
    const { Version: version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName }));
    const policy = {
      steps: [{ weight: 50, bakeSeconds: 2 }],
      settleSeconds: 2,
      evidence: { counts: 'logs', minimumInvocations: 50 },
    };
    const { result: execution } = await underTraffic(checkout, async () => {
      await checkout.start({ function: FunctionName, alias: 'live', version, policy });
      return checkout.ended(version);
    });
    return { version, execution, document: await documentOf(execution) };
  }

  /** Forbids queries to the controller for as long as something goes on. */
  async function withoutQueries<T>(during: () => Promise<T>): Promise<T> {
    const names = [checkout.outputs['Preflight'], checkout.outputs['Observe']];
    const roles = await Promise.all(
      names.map(async (FunctionName) => {
        const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        return { RoleName: Role.split('/').at(-1), PolicyName: 'no-queries' };
      }),
    );
    const statement = { Effect: 'Deny', Action: 'logs:StartQuery', Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    for (const role of roles) await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument }));
    try {
      return await during();
    } finally {
      for (const role of roles) await iam.send(new DeleteRolePolicyCommand(role));
    }
  }

  const logCheck = async () => {
    const { aliases } = await sluiceJson('doctor', live());
    const [{ checks }] = aliases as [{ checks: { name: string }[] }];
    return checks.find(({ name }) => name === 'log');
  };

  it("because the controller may not query it, CloudWatch's minutes show that a version is bad", async () => {
    const { version, execution, document } = await withoutQueries(() => rolledOutByHand({ Description: 'by hand' }));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toMatch(failuresOf(version));
    const { LogGroup: group } = checkout.outputs;
    expect(document.logs?.minutesBecause).toBe(`the controller may not read the log group ${group}`);
    expect(toldBy(document)).toMatch(byMinutes);
  });

  it('because the function logs as text, the minutes do the same, and doctor warns of it', async () => {
    expect(await logCheck()).toMatchObject({ result: 'ok' });
    const LoggingConfig = { LogFormat: 'Text', LogGroup: checkout.outputs['LogGroup'] } as const;
    const { version, execution, document } = await rolledOutByHand({ LoggingConfig });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toMatch(failuresOf(version));
    const why = `${version} has its log as text`;
    expect(document.logs?.minutesBecause).toContain(why);
    expect(toldBy(document)).toContain(`requests are counted by CloudWatch's minutes: ${why}`);
    expect(await logCheck()).toMatchObject({ result: 'warning' });
  });

  it('because the function logs as text, synth refuses the app', async () => {
    await expect(checkout.synth({ release: 'four', logFormat: 'Text' })).rejects.toThrow(
      /evidence\.counts: expected a function whose log has the end of each invocation, but \S+ has its log as text/,
    );
  });
});
