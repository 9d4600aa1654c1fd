import { beforeAll, describe, expect, it } from 'vitest';
import { paced } from '../../lib/aws/handler/pacing.ts';
import { inVirtualTime } from '../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../lib/rehearsal/world/random.ts';
import { describeShift } from '../../lib/rollout/alias/description.ts';
import type { Check } from '../../lib/rollout/doctor/check.ts';
import { type Run, run, runIn } from './a-terminal.ts';
import { AnAccount, type HeldFunction, MACHINE } from './an-account.ts';

/** A service in good order, with traffic. */
function aService() {
  const account = new AnAccount();
  const held = account.addService('checkout', ['41', '42']);
  account.datapoints = (_, { Resource }) => (Resource === 'checkout:live' ? [10, 20] : []);
  return { account, held };
}

interface Answer {
  readonly aliases: readonly { readonly function: string; readonly alias: string; readonly checks: readonly Check[] }[];
  readonly problems: number;
  readonly warnings: number;
}

async function examined(account: AnAccount, ...words: string[]) {
  const { code, out } = await runIn(account.clients(), 'doctor', ...words, '--json');
  const answer = JSON.parse(out) as Answer;
  const findings = answer.aliases.flatMap(({ checks }) => checks.filter(({ result }) => result !== 'ok'));
  return { code, answer, findings };
}

describe('sluice doctor', () => {
  it('finds nothing where all is well, and says so in one line', async () => {
    const { account } = aService();
    const { code, answer, findings } = await examined(account, 'checkout:live');
    expect(findings).toEqual([]);
    expect({ code, problems: answer.problems, warnings: answer.warnings }).toEqual({
      code: 0,
      problems: 0,
      warnings: 0,
    });
    expect(answer.aliases).toMatchObject([{ function: 'checkout', alias: 'live' }]);
    const { out } = await runIn(account.clients(), 'doctor');
    expect(out).toMatch(/^checkout:live: \d+ checks ok\n$/);
  });

  const execution = (name: string, status: string) => ({
    name,
    status,
    input: { function: 'checkout', alias: 'live', version: '42' },
  });
  const shifting = (held: HeldFunction) => {
    const description = describeShift(
      { stable: '41', candidate: '42', weight: 10, execution: 'deploy-42', startedAt: 0 },
      { number: 1, of: 4 },
    );
    held.aliases = held.aliases.map((alias) => ({
      ...alias,
      functionVersion: '41',
      additionalVersionWeights: { 42: 0.1 },
      description: `${description} [sluice:0123456789ab]`,
    }));
  };

  it.each<[string, string, Check['result'], (service: ReturnType<typeof aService>) => unknown]>([
    ['a missing alarm', 'alarm checkout-errors', 'problem', ({ account }) => account.alarms.clear()],
    [
      'an alarm in ALARM',
      'alarm checkout-errors',
      'problem',
      ({ account }) =>
        account.addAlarm(
          'checkout-errors',
          { FunctionName: 'checkout', Resource: 'checkout:live' },
          { StateValue: 'ALARM' },
        ),
    ],
    [
      'an alarm on dimensions that Lambda does not publish',
      'alarm checkout-errors',
      'problem',
      ({ account }) => account.addAlarm('checkout-errors', { FunctionName: 'checkout', ExecutedVersion: '42' }),
    ],
    [
      'such a metric in a formula',
      'alarm checkout-errors',
      'problem',
      ({ account }) => {
        const Dimensions = [{ Name: 'Resource', Value: 'live' }];
        const Metric = { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions };
        account.alarms.set('checkout-errors', {
          AlarmName: 'checkout-errors',
          StateValue: 'OK',
          Metrics: [
            { Id: 'rate', Expression: 'errors * 2' },
            { Id: 'errors', MetricStat: { Metric, Stat: 'Sum', Period: 60 } },
          ],
        });
      },
    ],
    ['a missing alias', 'alias', 'problem', ({ held }) => held.aliases.pop()],
    ['a missing function', 'function', 'problem', ({ account }) => account.functions.delete('checkout')],
    ['a missing version', 'served version', 'problem', ({ held }) => held.versions.pop()],
    ['weights that nobody answers for', 'weights', 'problem', ({ held }) => shifting(held)],
    [
      'weights of a rollout that was stopped',
      'weights',
      'problem',
      ({ account, held }) => {
        shifting(held);
        account.executions.push(execution('deploy-42', 'ABORTED'));
      },
    ],
    ['a hold', 'hold', 'warning', ({ held }) => Object.assign(held.tags, { 'sluice:hold': 'freeze' })],
    ['no owner', 'owner', 'warning', ({ held }) => Object.assign(held.aliases[0] as object, { description: '' })],
    [
      'provisioned concurrency on the alias',
      'provisioned concurrency',
      'problem',
      ({ held }) => Object.assign(held.provisioned, { live: 5 }),
    ],
    [
      'provisioned concurrency that nothing uses',
      'idle provisioned concurrency',
      'warning',
      ({ held }) => Object.assign(held.provisioned, { 41: 5 }),
    ],
    [
      'another dead-letter queue on $LATEST',
      'next version',
      'problem',
      ({ held }) => Object.assign(held, { deadLetterTarget: 'arn:aws:sqs:us-east-1:123456789012:dead' }),
    ],
    ['reserved concurrency of 0', 'concurrency', 'problem', ({ held }) => Object.assign(held, { reserved: 0 })],
    [
      'an account near its limit',
      'concurrency',
      'warning',
      ({ account }) => {
        account.datapoints = (metric) => ({ UnreservedConcurrentExecutions: [900], Throttles: [] })[metric] ?? [1];
      },
    ],
    [
      'throttles',
      'throttles',
      'warning',
      ({ account }) => {
        account.datapoints = (metric) => (metric === 'Throttles' ? [2, 3] : [1]);
      },
    ],
    [
      'a hook that does not exist',
      'hook smoke',
      'problem',
      ({ account }) =>
        account.register('checkout', 'live', {
          schema: 1,
          stateMachineArn: MACHINE,
          policy: { preset: 'AllAtOnce', alarms: ['checkout-errors'], hooks: { beforeTraffic: ['smoke'] } },
        }),
    ],
    [
      'a policy that is none',
      'policy',
      'problem',
      ({ account }) =>
        account.register('checkout', 'live', { schema: 1, stateMachineArn: MACHINE, policy: { canary: 10 } }),
    ],
    [
      'a parameter that holds something else',
      'registration',
      'problem',
      ({ account }) => account.register('checkout', 'live', {}),
    ],
    [
      'a controller that is gone',
      'controller',
      'problem',
      ({ account }) => {
        account.machineStatus = null;
      },
    ],
    [
      "a controller's function that is gone",
      'controller functions',
      'problem',
      ({ account }) => account.functions.delete('sluice-revert'),
    ],
    [
      'another version of Sluice',
      'controller version',
      'warning',
      ({ account }) => {
        account.version = '0.0.1';
      },
    ],
    [
      'a role that may not write the alias',
      'permissions',
      'problem',
      ({ account }) => account.denied.add('RevertRole lambda:UpdateAlias'),
    ],
    [
      'that permissions cannot be asked for',
      'permissions',
      'warning',
      ({ account }) => account.forbidden.add('iam:SimulatePrincipalPolicy'),
    ],
    [
      'that alarms cannot be read',
      'alarms',
      'warning',
      ({ account }) => account.forbidden.add('cloudwatch:DescribeAlarms'),
    ],
    [
      'that the account cannot be read',
      'concurrency',
      'warning',
      ({ account }) => account.forbidden.add('lambda:GetAccountSettings'),
    ],
  ])('finds %s, and says what to do', async (_, name, result, breaks) => {
    const service = aService();
    breaks(service);
    const { code, answer, findings } = await examined(service.account);
    expect(findings).toContainEqual({ name, result, found: expect.any(String), todo: expect.stringMatching(/\w/) });
    expect(findings.filter((check) => check.name !== name).map((check) => check.name)).toEqual([]);
    expect(code).toBe(result === 'problem' ? 1 : 0);
    expect(answer).toMatchObject(result === 'problem' ? { problems: 1, warnings: 0 } : { problems: 0, warnings: 1 });
  });

  it('asks for no rollouts if an alias serves every warm version', async () => {
    const { account, held } = aService();
    held.provisioned = { 42: 5 };
    expect(await examined(account)).toMatchObject({ code: 0, findings: [] });
    expect(account.count('states:ListExecutions')).toBe(0);
  });

  it('lets a rollout that is under way be', async () => {
    const { account, held } = aService();
    shifting(held);
    account.executions.push({ ...execution('deploy-42', 'RUNNING') });
    held.versions.push('43');
    held.provisioned = { 43: 5 };
    account.executions.push({
      name: 'deploy-43',
      status: 'RUNNING',
      input: { function: 'checkout', alias: 'live', version: '43' },
    });
    expect(await examined(account)).toMatchObject({ code: 0, findings: [] });
  });

  it('tells problems first, and what many aliases share once', async () => {
    const { account } = aService();
    for (const name of ['a', 'b', 'c', 'd']) account.addService(name, ['1']);
    account.version = '0.0.1';
    account.alarms.delete('b-errors');
    const { code, out } = await runIn(account.clients(), 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/^problem {2}b:live: alarm b-errors\n/);
    expect(out).toContain('warning  a:live, b:live, c:live and 2 more: controller version');
    expect(out.match(/controller version/g)).toHaveLength(1);
    expect(out).toMatch(/\n5 aliases: 1 problem, 5 warnings, \d+ checks ok\n$/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('looks at the members of a group in their order, with the policy of the group and their own alarms', async () => {
    const { account } = aService();
    for (const name of ['stock', 'prices']) account.addService(name, ['1']);
    account.addGroup('shop', ['stock', 'checkout', 'prices'], { preset: 'AllAtOnce', alarms: ['site-down'] });
    account.alarms.delete('prices-errors');
    const { code, answer, findings } = await examined(account, 'shop');
    expect(code).toBe(1);
    expect(answer.aliases.map((each) => each.function)).toEqual(['stock', 'checkout', 'prices']);
    const missing = findings.filter(({ result }) => result === 'problem').map(({ name }) => name);
    expect(missing.toSorted()).toEqual([...Array(3).fill('alarm site-down'), 'alarm prices-errors'].toSorted());
    const { out } = await runIn(account.clients(), 'doctor', 'shop');
    expect(out).toContain('problem  stock:live, checkout:live, prices:live: alarm site-down');
  });

  it('finds a member of a group whose parameter is gone', async () => {
    const { account } = aService();
    account.addGroup('shop', ['checkout']);
    account.parameters.delete('/sluice/checkout/live');
    expect(await examined(account, 'shop')).toMatchObject({
      code: 1,
      findings: [{ name: 'registration', result: 'problem' }],
    });
  });

  it('looks at an alias that no stack has deployed, too', async () => {
    const { account, held } = aService();
    held.aliases.push({ ...(held.aliases[0] as (typeof held.aliases)[number]), name: 'beta' });
    const { code, findings } = await examined(account, 'checkout:beta');
    expect(code).toBe(1);
    expect(findings).toMatchObject([{ name: 'registration', result: 'problem' }]);
  });

  it.each([['check/out'], ['checkout:43'], ['nowhere'], ['a', 'b']])('refuses %j', async (...words) => {
    const { account } = aService();
    const { code, out, err } = await runIn(account.clients(), 'doctor', ...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^sluice: /);
  });

  it('has nothing to say where there is no alias', async () => {
    const { code, out } = await runIn(new AnAccount().clients(), 'doctor');
    expect({ code, out }).toEqual({ code: 0, out: 'No alias is known to Sluice in this account and region.\n' });
  });

  it('is explained with an example', async () => {
    expect((await run('doctor', '--help')).out).toContain('For example: sluice doctor checkout:live');
  });

  it('writes nothing', async () => {
    const { account, held } = aService();
    shifting(held);
    await examined(account);
    expect(account.calls.filter(({ call }) => !/:(Get|List|Describe|Simulate)/.test(call))).toEqual([]);
  });
});

describe('on an account with 500 functions', () => {
  // Commands are loaded when they are asked for, which takes no time on a virtual clock.
  beforeAll(() => run('--help'));

  /** Runs a command on a virtual clock; answers what it printed, its calls to Lambda, and the most of them in any second. */
  async function atScale(...words: string[]): Promise<Run & { readonly account: AnAccount; readonly most: number }> {
    return inVirtualTime(createRandom(1), async (time) => {
      const account = new AnAccount(time.second, time.busy);
      for (let index = 0; index < 500; index++) {
        const name = `service-${index}`;
        account.addService(name, ['1', '2']);
        const input = { function: name, alias: 'live', version: '2' };
        account.executions.push({ name: `deploy-${index}`, status: 'RUNNING', input });
      }
      const printed = await runIn(account.clients(paced), ...words);
      const seconds = account.calls.filter(({ call }) => call.startsWith('lambda:')).map(({ second }) => second);
      let most = 0;
      for (let from = 0, to = 0; to < seconds.length; to++) {
        while ((seconds[from] as number) <= (seconds[to] as number) - 1) from++;
        most = Math.max(most, to - from + 1);
      }
      return { ...printed, account, most };
    });
  }

  it.each([
    ['doctor', 'aliases checked: 500 of 500', 'lambda:GetFunction'],
    ['status', 'rollouts read: 500', 'lambda:GetAlias'],
  ])('%s asks Lambda no more than 15 times in any second, and shows how far it is', async (command, progress, call) => {
    const { code, err, most, account } = await atScale(command);
    expect(code).toBe(0);
    expect(account.count(call)).toBeGreaterThanOrEqual(500);
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThanOrEqual(15);
    expect(err).toContain(progress);
  });

  it('history reads a controller that all of them share, and shows how far it is', async () => {
    const { code, err, most } = await atScale('history', 'service-3');
    expect(code).toBe(0);
    expect(most).toBeLessThanOrEqual(15);
    expect(err).toMatch(/read: \d+/);
  });

  it('the doctor asks for the controller and for its permissions once for many', async () => {
    const { account } = await atScale('doctor');
    expect(account.count('states:DescribeStateMachine')).toBe(1);
    expect(account.count('iam:SimulatePrincipalPolicy')).toBe(4 * (500 / 20));
    const ofLambda = account.calls.filter(({ call }) => call.startsWith('lambda:'));
    expect(ofLambda.length).toBeLessThanOrEqual(500 * 4 + 10);
  });
});
