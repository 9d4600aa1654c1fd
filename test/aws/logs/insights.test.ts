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
  slowerThan: null,
  signals: [],
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

/** What a look makes of a query with these rows. */
const answered = (results: readonly object[], asked: LogQuestion) =>
  read((command) => (command === 'StartQueryCommand' ? started : { ...complete, results }), [asked]);

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
    billed: '9045',
    cold: '0',
    lateness: '7.25',
  }),
  row({
    period: String(T0),
    version: '42',
    status: 'timeout',
    lines: '3',
    requests: '3',
    took: '600.5',
    billed: '603',
    cold: '1',
    init: '310.5',
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
          slow: 0,
          milliseconds: 8800,
          billedMilliseconds: 8844,
          coldStarts: 0,
          initMilliseconds: 0,
          lagSeconds: 7.25,
        },
        {
          start: T0,
          version: '42',
          lines: 3,
          counts: { invocations: 3, errors: 3 },
          slow: 0,
          milliseconds: 600.5,
          billedMilliseconds: 603,
          coldStarts: 1,
          initMilliseconds: 310.5,
          lagSeconds: 9,
        },
      ],
      signals: [],
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

  it.each(['1', 'true'])('are slow if Logs Insights shows the condition as %s', async (slow) => {
    const own = { period: '10', version: '41', lines: '4', requests: '4', lateness: '1' };
    const { answer } = await answered(
      [row({ ...own, status: 'success', slow }), row({ ...own, status: 'success', slow: '0' })],
      { ...query, slowerThan: 800 },
    );
    expect(answer).toMatchObject({ rows: [{ slow: 4 }, { slow: 0 }] });
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

describe('the signals in a log', () => {
  const signals = [
    { name: 'http-5xx', log: { field: 'statusCode', from: 500 } },
    { name: 'retries', log: { field: 'retries', from: 3 } },
  ];
  const own = { period: '10', version: '42' };
  const asked = { ...query, signals };

  it('count an invocation once, however often its lines tell of it', async () => {
    const counted = { lines: '9', requests: '4', failed0: '1', told0: '9' };
    const { answer } = await answered([row({ ...own, ...counted })], asked);
    expect(answer).toMatchObject({
      rows: [],
      signals: [{ start: 10, version: '42', signal: 'http-5xx', failures: 4 }],
    });
  });

  it('are told apart from those of which no line has the field', async () => {
    const counted = { lines: '5', requests: '5', failed1: '0', told1: '5' };
    const { answer } = await answered([row({ ...own, ...counted })], asked);
    expect(answer).toMatchObject({ signals: [{ signal: 'retries', failures: 0 }] });
  });

  it('may be of numbers that Lambda itself writes, which leaves the counts as they are', async () => {
    const counted = { lines: '5', requests: '5', status: 'success', failed0: '1', told0: '5' };
    const { answer } = await answered([row({ ...own, ...counted })], asked);
    expect(answer).toMatchObject({
      rows: [{ counts: { invocations: 5, errors: 0 } }],
      signals: [{ signal: 'http-5xx', failures: 5 }],
    });
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

  it.each([1, 3, 6, 12])(
    'that takes %d s is answered soon after, and looked at some once a second',
    async (seconds) => {
      const begun = Date.now();
      let answeredAt = 0;
      const { sent } = await read((command) => {
        if (command === 'StartQueryCommand') return started;
        answeredAt = Date.now() - begun;
        return answeredAt < seconds * 1000 ? { status: 'Running', results: [] } : complete;
      });
      expect(answeredAt).toBeLessThanOrEqual((seconds + 1.5) * 1000);
      expect(sent.filter(({ command }) => command === 'GetQueryResultsCommand').length).toBeLessThanOrEqual(
        seconds + 3,
      );
    },
  );

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
  it('leaves out lines that name no invocation, for one of several could count an invocation twice', () => {
    const [, , , filter] = textOf(query).split(' | ');
    expect(filter).toMatch(/^filter ispresent\(request\) and \(/);
  });

  it('asks for slow invocations and signals only if the policy does', () => {
    expect(textOf(query)).not.toMatch(/slow|failed0|told0/);
    const signals = [{ name: 'http-5xx', log: { field: 'message.status_code', from: 500 } }];
    const text = textOf({ ...query, slowerThan: 800, signals });
    expect(text).toContain('(type = "platform.report" or ispresent(`message.status_code`)) and @logStream');
    expect(text).toContain('record.metrics.durationMs > 800 as slow');
    expect(text).toContain('`message.status_code` >= 500 as failed0');
    expect(text).toContain('count(`message.status_code`) as told0 by period, version, status, slow, failed0');
  });

  it('stays below the 10,000 characters of Logs Insights with the most signals and the longest fields', () => {
    const field = `${'a'.repeat(199)}_`;
    const signals = Array.from({ length: 10 }, (_, index) => ({ name: `s${index}`, log: { field, from: -1.5e300 } }));
    const changes = Array.from({ length: 20 }, (_, index) => T0 + index * 10);
    expect(textOf({ ...query, slowerThan: 900_000, signals, changes }).length).toBeLessThan(10_000);
  });

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
    expect(text([T0 - 100])).toContain(`(began >= ${at(-100)})) |`);
    expect(text([T0 - 200, T0 - 100])).toContain(`(began >= ${at(-100)})) |`);
    expect(text([T0 - 100, T0 + 30])).toContain(
      `((began >= ${at(-100)} and ended < ${at(30)}) or (began >= ${at(30)})) |`,
    );
  });
});
