import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { insightsSource } from '../../../lib/aws/logs/log-source.ts';
import { textOf } from '../../../lib/aws/logs/query-text.ts';
import type { LogQuestion } from '../../../lib/rollout/logs/look.ts';
import { T0 } from '../../rollout/a-rollout.ts';
import { answering } from '../answering.ts';

const query: LogQuestion = {
  functionName: 'arn:aws:lambda:us-east-1:123456789012:function:checkout',
  group: '/aws/lambda/checkout',
  stable: '41',
  candidate: '42',
  from: T0,
  until: T0 + 60.4,
  changes: [T0 - 100],
};

type Sent = { readonly command: string; readonly input: Readonly<Record<string, unknown>> };

/** Reads by a client whose calls are answered, on a clock that runs as fast as it can. */
async function read(answer: (command: string, nth: number) => object, queries: readonly LogQuestion[] = [query]) {
  const sent: Sent[] = [];
  const client = new CloudWatchLogsClient({ region: 'us-east-1' });
  const logs = answering(client, (command, input) => {
    sent.push({ command, input });
    return answer(command, sent.filter((each) => each.command === command).length);
  });
  const source = insightsSource(logs);
  const reading = Promise.all(queries.map((each) => source.read(each)));
  await vi.runAllTimersAsync();
  const answers = await reading;
  return { sent, answer: answers[0], answers };
}

const named = (name: string): never => {
  throw Object.assign(new Error(name), { name });
};

const row = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([field, value]) => ({ field, value }));

const started = { queryId: 'q1' };
const rows = [
  row({
    period: String(T0),
    version: '41',
    status: 'success',
    lines: '90',
    requests: '88',
    took: '9000',
    lateness: '7.25',
  }),
  row({
    period: String(T0),
    version: '42',
    status: 'timeout',
    lines: '3',
    requests: '3',
    took: '600.5',
    lateness: '9',
  }),
];
const complete = { status: 'Complete', results: rows, statistics: { bytesScanned: 12_345 } };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the invocations in a log', () => {
  it('are counted by version and period, once each, and failed unless they ended well', async () => {
    const { answer, sent } = await read((command) => (command === 'StartQueryCommand' ? started : complete));
    expect(answer).toEqual({
      bytesScanned: 12_345,
      rows: [
        {
          start: T0,
          version: '41',
          lines: 90,
          counts: { invocations: 88, errors: 0 },
          milliseconds: 8800,
          lagSeconds: 7.25,
        },
        {
          start: T0,
          version: '42',
          lines: 3,
          counts: { invocations: 3, errors: 3 },
          milliseconds: 600.5,
          lagSeconds: 9,
        },
      ],
    });
    expect(sent[0]).toMatchObject({
      command: 'StartQueryCommand',
      input: { logGroupName: '/aws/lambda/checkout', startTime: T0, endTime: T0 + 61 },
    });
  });

  it('are no more than their lines, if Logs Insights estimates how many they are', async () => {
    const many = row({
      period: '10',
      version: '41',
      status: 'success',
      lines: '9000',
      requests: '9100',
      lateness: '1',
    });
    const { answer } = await read((command) =>
      command === 'StartQueryCommand' ? started : { ...complete, results: [many] },
    );
    expect(answer).toMatchObject({ rows: [{ counts: { invocations: 9000 } }] });
  });

  it('are not taken from rows that lack a number, a version or a status', async () => {
    const broken = [
      row({ period: '10', version: '41', status: 'success', lines: 'x', requests: '1', lateness: '1' }),
      row({ period: '10', status: 'success', lines: '1', requests: '1', lateness: '1' }),
      row({ period: '10', version: '41', lines: '1', requests: '1', lateness: '1' }),
    ];
    const { answer } = await read((command) =>
      command === 'StartQueryCommand' ? started : { ...complete, results: broken },
    );
    expect(answer).toMatchObject({ rows: [] });
  });

  it('are waited for while the query runs', async () => {
    const { answer, sent } = await read((command, nth) => {
      if (command === 'StartQueryCommand') return started;
      return nth < 4 ? { status: nth < 2 ? 'Scheduled' : 'Running', results: [rows[0]] } : complete;
    });
    expect(answer).toMatchObject({ rows: [{}, {}] });
    expect(sent.filter(({ command }) => command === 'GetQueryResultsCommand')).toHaveLength(4);
  });

  it('of many functions are asked for four at a time', async () => {
    let [running, most] = [0, 0];
    await read(
      (command) => {
        running += command === 'StartQueryCommand' ? 1 : -1;
        most = Math.max(most, running);
        return command === 'StartQueryCommand' ? started : complete;
      },
      Array.from({ length: 20 }, () => query),
    );
    expect(most).toBe(4);
  });
});

describe('a query', () => {
  it('that does not end is stopped, and may be tried again', async () => {
    const { answer, sent } = await read((command) =>
      command === 'StartQueryCommand' ? started : { status: 'Running', results: [] },
    );
    expect(answer).toEqual({ reason: 'a query of the log took longer than 15 s', isFinal: false });
    expect(sent.at(-1)).toEqual({ command: 'StopQueryCommand', input: { queryId: 'q1' } });
  });

  it.each(['Failed', 'Cancelled', 'Timeout', 'Unknown'])('that ends as %s may be tried again', async (status) => {
    const { answer } = await read((command) => (command === 'StartQueryCommand' ? started : { status }));
    expect(answer).toEqual({ reason: `a query of the log has ended as ${status}`, isFinal: false });
  });

  it('waits for a place among those that the account runs', async () => {
    const { answer } = await read((command, nth) => {
      if (command !== 'StartQueryCommand') return complete;
      return nth < 3 ? named('LimitExceededException') : started;
    });
    expect(answer).toMatchObject({ rows: [{}, {}] });
  });

  it('that finds no place may be tried again', async () => {
    const { answer } = await read(() => named('LimitExceededException'));
    expect(answer).toEqual({ reason: 'the account runs as many queries of logs as it may', isFinal: false });
  });

  it.each([
    ['ResourceNotFoundException', 'the log group /aws/lambda/checkout does not exist', true],
    ['AccessDeniedException', 'the controller may not read the log group /aws/lambda/checkout', true],
    ['MalformedQueryException', 'could not be queried (MalformedQueryException)', true],
    ['InvalidParameterException', 'could not be queried (InvalidParameterException)', true],
    ['ServiceUnavailableException', 'could not be queried (ServiceUnavailableException)', false],
  ])('that is refused as %s says so, and whether another try may help', async (name, reason, isFinal) => {
    const { answer } = await read(() => named(name));
    expect(answer).toEqual({ reason: expect.stringContaining(reason), isFinal });
  });
});

describe('the text of a query', () => {
  it('reads the ends of invocations in the streams of both versions, in a log group of its own or a shared one', () => {
    const stream = /@logStream like \/(.+)\/ \| parse/.exec(textOf(query).replace(' | parse', ' | parse'))?.[1] ?? '';
    const matches = (name: string) => new RegExp(stream).test(name);
    expect(matches('2026/11/21/[42]0123abcd')).toBe(true);
    expect(matches('2026/11/21/checkout[41]0123abcd')).toBe(true);
    expect(matches('2026/11/21/[43]0123abcd')).toBe(false);
    expect(matches('2026/11/21/[$LATEST]0123abcd')).toBe(false);
    expect(matches('2026/11/21/other[42]0123abcd')).toBe(false);
    expect(matches('2026/11/21/my-checkout[42]0123abcd')).toBe(false);
  });

  it('leaves out what began under another weight than it ended under', () => {
    const text = (changes: readonly number[]) => textOf({ ...query, changes });
    const at = (seconds: number) => (T0 + seconds) * 1000;
    expect(text([T0 - 100])).toContain(`filter (began >= ${at(-100)}) |`);
    expect(text([T0 - 200, T0 - 100])).toContain(`filter (began >= ${at(-100)}) |`);
    expect(text([T0 - 100, T0 + 30])).toContain(
      `filter (began >= ${at(-100)} and ended < ${at(30)}) or (began >= ${at(30)}) |`,
    );
  });
});
