import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lambda, logs } from '../../lib/aws/handler/clients.ts';
import { readVersion } from '../../lib/aws/lambda/functions.ts';
import { insightsSource } from '../../lib/aws/logs/log-source.ts';
import type { LogAnswer } from '../../lib/rollout/logs/answer.ts';
import { isFailure } from '../../lib/rollout/logs/fall-back.ts';
import { logOf } from '../../lib/rollout/logs/logging.ts';
import type { LogQuestion } from '../../lib/rollout/logs/look.ts';
import { zipOf } from '../facts/zip.ts';
import { eventually } from './deployment.ts';

/**
 * A function's own log, counted through Logs Insights. The endpoint has neither the lag nor the late lines of AWS, no cold starts in its lines,
 * one environment for each version, and a subset of the query language: the rehearsal has the lag, and only AWS can show the rest.
 */
const clients = { lambda: lambda(), logs: logs(), iam: new IAMClient({}) };
const FunctionName = `sluice-e2e-logs-${process.pid}`;
const source = insightsSource(clients.logs);
const code = `exports.handler = async ({ fail, statusCode = 200, milliseconds = 0 }, { awsRequestId: requestId }) => {
  if (fail) throw new Error('it fails');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  console.log(JSON.stringify({ requestId, statusCode }));
  console.log(JSON.stringify({ requestId, statusCode, again: true }));
  console.log(JSON.stringify({ statusCode: 500, of: 'nobody' }));
};`;

const asked = (more: Partial<LogQuestion> = {}): LogQuestion => ({
  functionName: FunctionName,
  group: `/aws/lambda/${FunctionName}`,
  stable: '1',
  candidate: '2',
  from: Math.floor(Date.now() / 1000) - 600,
  until: Math.ceil(Date.now() / 1000),
  changes: [],
  slowerThan: null,
  signals: [],
  ...more,
});

/** Invocations and errors of a version in all periods. */
function totalOf({ rows }: LogAnswer, version: string) {
  const own = rows.filter((row) => row.version === version);
  const sum = (key: 'invocations' | 'errors') => own.reduce((total, { counts }) => total + counts[key], 0);
  return { invocations: sum('invocations'), errors: sum('errors') };
}

const settled = () =>
  eventually('the function is at rest', async () => {
    const { Configuration } = await clients.lambda.send(new GetFunctionCommand({ FunctionName }));
    return Configuration?.State === 'Active' && Configuration.LastUpdateStatus === 'Successful' ? true : undefined;
  });

const invoke = (Qualifier: string, event: object = {}) =>
  clients.lambda.send(new InvokeCommand({ FunctionName, Qualifier, Payload: JSON.stringify(event) }));

beforeAll(async () => {
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  const role = await clients.iam.send(new CreateRoleCommand({ RoleName: FunctionName, AssumeRolePolicyDocument }));
  await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role: role.Role?.Arn as string,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: zipOf('index.js', new TextEncoder().encode(code)) },
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'INFO' },
    }),
  );
  await settled();
  await clients.lambda.send(new PublishVersionCommand({ FunctionName }));
  await clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: 'the candidate' }));
  await settled();
  await clients.lambda.send(new PublishVersionCommand({ FunctionName }));
});

afterAll(async () => {
  await clients.lambda.send(new DeleteFunctionCommand({ FunctionName }));
  await clients.iam.send(new DeleteRoleCommand({ RoleName: FunctionName }));
});

describe('the log of a function', () => {
  it('is known by the configuration of its versions', async () => {
    const versions = await Promise.all(['1', '2'].map((version) => readVersion(clients.lambda, FunctionName, version)));
    const logging = versions.map((version) => ({ version: version?.version ?? '', logging: version?.logging }));
    expect(logging[0]?.logging).toMatchObject({ format: 'JSON', systemLevel: 'INFO' });
    expect(logOf(FunctionName, logging)).toMatchObject({ group: asked().group, minutesBecause: null });
  });

  it('tells how many invocations of each version there were, and how many failed', async () => {
    for (let count = 0; count < 6; count++) await invoke('1');
    for (let count = 0; count < 4; count++) await invoke('2', { fail: count < 3 });
    await invoke('$LATEST');
    const answer = await eventually('all lines can be found', async () => {
      const read = await source.read(asked());
      if (isFailure(read)) throw new Error(read.reason);
      return totalOf(read, '1').invocations + totalOf(read, '2').invocations < 10 ? undefined : read;
    });
    expect(totalOf(answer, '1')).toEqual({ invocations: 6, errors: 0 });
    expect(totalOf(answer, '2')).toEqual({ invocations: 4, errors: 3 });
    expect(new Set(answer.rows.map(({ version }) => version))).toEqual(new Set(['1', '2']));
    expect(answer.rows.every(({ start }) => start % 10 === 0)).toBe(true);
  });

  it('tells which invocations were slow or answered with 500, each once', async () => {
    const begun = Math.floor(Date.now() / 1000);
    await invoke('1', { statusCode: 404 });
    for (let count = 0; count < 3; count++) await invoke('2', { statusCode: 503 });
    await invoke('2', { milliseconds: 700 });
    const signals = [{ name: 'http-5xx', log: { field: 'statusCode', from: 500 } }];
    const all = await eventually('all lines can be found', async () => {
      const read = await source.read(asked({ slowerThan: 500, signals, from: begun, changes: [begun] }));
      if (isFailure(read)) throw new Error(read.reason);
      return totalOf(read, '1').invocations + totalOf(read, '2').invocations < 5 ? undefined : read;
    });
    const sum = (version: string, of: (row: LogAnswer['rows'][number]) => number) =>
      all.rows.filter((row) => row.version === version).reduce((total, row) => total + of(row), 0);
    const failures = (version: string) =>
      all.signals.filter((row) => row.version === version).reduce((total, row) => total + row.failures, 0);
    expect([sum('1', ({ slow }) => slow), sum('2', ({ slow }) => slow)]).toEqual([0, 1]);
    expect([failures('1'), failures('2')]).toEqual([0, 3]);
    expect(sum('2', ({ billedMilliseconds }) => billedMilliseconds)).toBeGreaterThan(700);
  });

  it('tells nothing of what began before the weight was given', async () => {
    const read = await source.read(asked({ changes: [Math.ceil(Date.now() / 1000) + 60] }));
    expect(read).toMatchObject({ rows: [] });
  });

  it('of a function without a log group is no answer, and says so', async () => {
    const group = '/aws/lambda/nobody';
    expect(await source.read(asked({ group }))).toEqual({
      reason: `the log group ${group} does not exist`,
      isFinal: true,
    });
  });
});
