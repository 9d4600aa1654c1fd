import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usual } from '../rehearsal/a-scenario.ts';
import { run, runIn } from './a-terminal.ts';
import { AnAccount } from './an-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const policy = {
  canary: { weight: 10, bakeSeconds: 300 },
  batches: { count: 3, intervalSeconds: 300 },
  settleSeconds: 600,
};

describe('sluice plan', () => {
  it('prints exactly one JSON document with --json, and the remarks for people on standard error', async () => {
    const { code, out, err } = await run('plan', file(policy), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      steps: [
        { weight: 10, bakeSeconds: 300, approval: 'automatic' },
        { weight: 40, bakeSeconds: 300, approval: 'automatic' },
        { weight: 70, bakeSeconds: 300, approval: 'automatic' },
        { weight: 100, bakeSeconds: 600, approval: 'automatic' },
      ],
      totalSeconds: 1500,
    });
    expect(err).toContain('time alone decides');
  });

  it('shows each step as a line of at most 80 columns', async () => {
    const { code, out } = await run('plan', file(policy));
    expect(code).toBe(0);
    expect(out).toContain('██░░░░░░░░░░░░░░░░░░  10 %');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says that a step lasts until its alarms could have fired, and how long that is for the default ones', async () => {
    const text = async (changes: object) =>
      (await run('plan', file({ ...policy, ...changes }))).out.replaceAll(/\s+/g, ' ');
    const short = await text({ alarms: ['a'], canary: { weight: 10, bakeSeconds: 30 } });
    expect(short).toContain('such as the default ones, needs up to 300 s; the shortest step has 30 s');
    expect(short).toContain('adds up to 4 min 29 s to a step');
    const long = await text({ alarms: ['a'] });
    expect(long).toContain('which alarms on 2 of 3 minutes can in each step here');
  });

  it('says that a bake shorter than its data sees nothing by itself', async () => {
    const { out } = await run(
      'plan',
      file({ ...policy, alarms: [], evidence: {}, canary: { weight: 10, bakeSeconds: 30 } }),
    );
    expect(out).toContain('A bake shorter than 120 s sees nothing by itself');
  });
});

describe('sluice plan of a policy that counts by logs', () => {
  it('says what the log has to be, and what happens if it cannot be read', async () => {
    const { out } = await run('plan', file({ ...policy, evidence: { counts: 'logs' } }));
    const text = out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('has to be JSON with the system log level INFO');
    expect(text).toContain("after 50 GB of it, CloudWatch's minutes are counted");
  });
});

describe("sluice plan and a function's timeout", () => {
  const canary = (bakeSeconds: number) => ({ canary: { weight: 10, bakeSeconds }, settleSeconds: 3600, alarms: ['a'] });

  it('says what to compare, because a policy does not tell the timeout', async () => {
    const { out } = await run('plan', file(canary(300)));
    expect(out.replace(/\s+/g, ' ')).toContain('compare that with the shortest bake, 300 s');
  });

  it('says nothing if no function may run for longer than the bakes', async () => {
    expect((await run('plan', file(canary(900)))).out).not.toContain('hangs');
  });
});

describe('sluice plan --traffic', () => {
  it('shows what each step will see, in lines of at most 80 columns', async () => {
    const { code, out } = await run('plan', file({ adaptive: {} }), '--traffic', '0.1');
    expect(code).toBe(0);
    expect(out).toMatch(/ 10 % +7 min +4 +28 d +19 h +7 min/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'at 0.1 requests a second a fault of one request in ten needs about 1 h 1 min to be seen at 10 %',
    );
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('says that alarms alone find faults if the policy asks for no evidence', async () => {
    const { out } = await run('plan', file(policy), '--traffic', '10', '--error-rate', '0.01');
    expect(out).toContain('10 requests a second, of which 1 % fail');
    expect(out).toContain('asks for no evidence, so its alarms alone find faults');
  });

  it('prints the preview beside the steps with --json', async () => {
    const { out } = await run('plan', file({ adaptive: {} }), '--traffic', '10', '--json');
    const { steps, totalSeconds, preview } = JSON.parse(out);
    expect([steps.length, totalSeconds]).toEqual([2, 1800]);
    expect(preview).toMatchObject({ requestsPerSecond: 10, errorRate: 0.001 });
    expect(preview.steps.map(({ weight }: { weight: number }) => weight)).toEqual([1, 10, 60, 100]);
  });

  it.each([
    [['--traffic', 'much'], '--traffic is much'],
    [['--traffic', '10', '--error-rate', '2'], '--error-rate is 2'],
    [['--error-rate', '0.1'], '--error-rate is of use with --traffic alone'],
  ])('refuses %j', async (flags, message) => {
    const { code, err } = await run('plan', file(policy), ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('sluice plan --alias', () => {
  function aService(served: readonly number[]) {
    const account = new AnAccount();
    account.addService('checkout', ['41', '42']);
    account.datapoints = (metric, { Resource }) =>
      Resource !== 'checkout:live' ? [] : metric === 'Errors' ? served.map((count) => count / 100) : served;
    return account.clients();
  }

  it('shows what each step will see at the traffic that the alias had in the last day', async () => {
    const { code, out } = await runIn(
      aService([200_000, 232_000]),
      'plan',
      file({ adaptive: {} }),
      '--alias',
      'checkout:live',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).preview).toMatchObject({ requestsPerSecond: 5, errorRate: 0.01 });
  });

  it('refuses an alias that has had no traffic, and numbers beside one', async () => {
    const silent = await runIn(aService([]), 'plan', file({ adaptive: {} }), '--alias', 'checkout:live');
    expect(silent.code).toBe(2);
    expect(silent.err).toContain('CloudWatch has no requests to checkout:live in the last day');
    const both = await runIn(aService([1]), 'plan', file(policy), '--alias', 'checkout:live', '--traffic', '10');
    expect(both.code).toBe(2);
    expect(both.err).toContain('--alias reads traffic and error rate of the last day');
  });
});

describe('sluice compare', () => {
  it('prints the strategies with --json, for as many seeds as it is told', async () => {
    const { code, out } = await run(
      'compare',
      file({ ...usual, candidate: { errorRate: 0.5 } }),
      '--seeds',
      '3',
      '--json',
    );
    expect(code).toBe(0);
    const { strategies } = JSON.parse(out);
    expect(strategies).toHaveLength(7);
    expect(strategies[0]).toMatchObject({
      name: 'policy',
      toFullTrafficSeconds: { median: null, p95: null },
      rolledBack: 1,
    });
  });

  it('shows them in lines of at most 80 columns', async () => {
    const curve = [{ fromSecond: 0, requestsPerSecond: 100_000 }];
    const { out } = await run(
      'compare',
      file({ ...usual, traffic: { curve }, candidate: { errorRate: 1 } }),
      '--seeds',
      '1',
    );
    expect(out).toMatch(/AllAtOnce +3\d\d\.\d M/);
    expect(out).toMatch(/policy +1\.8 M +1\.8 M +3:00/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it.each(['0', '1.5', 'many'])('refuses %s seeds', async (seeds) => {
    const { code, err } = await run('compare', file(usual), '--seeds', seeds);
    expect(code).toBe(2);
    expect(err).toContain('--seeds');
  });
});

describe('sluice rehearse', () => {
  it('prints the result with --json and exits with 0 where the version was promoted', async () => {
    const { code, out } = await run('rehearse', file(usual), '--json');
    expect(code).toBe(0);
    expect(Object.keys(JSON.parse(out))).toEqual([
      'outcome',
      'reason',
      'versions',
      'alias',
      'timeline',
      'seconds',
      'requests',
      'failures',
      'cost',
    ]);
  });

  it('tells the rollout to a person, in lines of at most 80 columns', async () => {
    const { code, out } = await run('rehearse', file({ ...usual, candidate: { errorRate: 0.5 } }));
    expect(code).toBe(1);
    expect(out).toMatch(/shifted +██░+ +10 %/);
    expect(out).toMatch(/reverted +░+ +0 %/);
    expect(out).toMatch(/Rolled back after \d+ min/);
    expect(out).toMatch(/failed requests +\d+ of [\d,]+/);
    expect(out).toMatch(/time to revert +\d/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('prints plain text where its output is no terminal', async () => {
    const { out } = await run('rehearse', file(usual));
    expect(out).not.toContain('\x1b');
  });
});

describe('refused input', () => {
  it.each([
    ['a negative weight', 'plan', { canary: { weight: -1 } }, ['canary.weight', '-1', 'at least 1']],
    [
      'weights that do not rise',
      'plan',
      {
        steps: [
          { weight: 5, bakeSeconds: 1 },
          { weight: 4, bakeSeconds: 1 },
        ],
      },
      ['steps[1].weight', '4', 'more than 5'],
    ],
    ['0 batches', 'plan', { ...policy, batches: { count: 0 } }, ['batches.count', '0', 'at least 1']],
    ['120 %', 'plan', { steps: [{ weight: 120, bakeSeconds: 1 }] }, ['steps[0].weight', '120', 'at most 100']],
    ['text for a number', 'plan', { canary: { weight: 'ten' } }, ['canary.weight', '"ten"', 'a number']],
    ['an unknown key', 'plan', { ...policy, cannary: {} }, ['cannary']],
    ['broken JSON', 'plan', '{"canary": {', ['is not JSON']],
    ['an unknown key in a scenario', 'rehearse', { ...usual, trafic: {} }, ['trafic']],
    [
      'a bad policy in a scenario',
      'rehearse',
      { ...usual, policy: { canary: { weight: 51 } } },
      ['policy.canary.weight', '51', 'at most 50'],
    ],
    [
      'text for a rate',
      'rehearse',
      { ...usual, traffic: { requestsPerSecond: 'many' } },
      ['traffic.requestsPerSecond', '"many"', 'a number'],
    ],
    [
      'an impossible rate',
      'rehearse',
      { ...usual, candidate: { errorRate: 1.2 } },
      ['candidate.errorRate', '1.2', 'at most 1'],
    ],
    ['an unknown action', 'rehearse', { ...usual, operator: [{ atSecond: 1, do: 'panic' }] }, ['operator[0].do']],
    ['no traffic at all', 'rehearse', { ...usual, traffic: undefined }, ['traffic', 'nothing']],
  ])('%s gets a message of one screen, and nothing is done', async (_, command, content, words) => {
    const { code, out, err } = await run(command, file(content));
    expect(code).toBe(2);
    expect(out).toBe('');
    for (const word of words) expect(err).toContain(word);
    expect(err.split('\n').length).toBeLessThanOrEqual(24);
  });

  it('is a file that is missing', async () => {
    const { code, err } = await run('plan', join(folder, 'nowhere.json'));
    expect(code).toBe(2);
    expect(err).toContain('there is no such file');
  });

  it.each([[['plan']], [['plan', 'a', 'b']], [['plan', 'a', '--jsn']], [['explode']], [['rehearse', 'a', '--report']]])(
    'is the command line %j',
    async (words) => {
      const { code, out, err } = await run(...words);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^sluice: /);
    },
  );
});

describe('help', () => {
  it('lists the commands, and each has an example', async () => {
    expect((await run()).out).toContain('sluice plan <policy.json>');
    expect((await run('plan', '--help')).out).toContain('For example: sluice plan policy.json');
  });

  it('fits 80 columns, the overview as well as the help of each command', async () => {
    const { out } = await run('--help');
    const names = [...out.matchAll(/^ {2}sluice ((?:env |versions )?[a-z]+)/gm)].map(([, name = '']) => name);
    expect(names).toContain('versions prune');
    const helps = await Promise.all(names.map(async (name) => (await run(...name.split(' '), '--help')).out));
    const lines = [out, ...helps].flatMap((text) => text.split('\n'));
    // An example stays in one line, to be copied.
    expect(lines.filter((line) => line.length > 80 && !line.startsWith('For example: '))).toEqual([]);
  });
});
