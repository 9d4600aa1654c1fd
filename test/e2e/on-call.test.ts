import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment, eventually, LONG_BAKE_SECONDS, sluice, sluiceJson } from './deployment.ts';

/** The command line and the consoles' inputs, with a rollout in progress. Every check is of what AWS holds. */
const checkout = new Deployment(`sluice-e2e-on-call-${process.pid}`);
const alone = (version: string) => ({ version, weights: {} });

beforeAll(async () => {
  await checkout.bootstrap();
  await checkout.deploy({ release: 'one', manual: true });
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

const live = () => `${checkout.functionName}:live`;

/** Deploys a release and waits until its first weight is given. */
async function rolling(release: string, more: { readonly manual?: boolean } = {}): Promise<string> {
  await checkout.deploy({ release, bakeSeconds: LONG_BAKE_SECONDS, ...more });
  await shown(checkout.version, 10);
  return checkout.version;
}

const shown = (version: string, weight: number) =>
  eventually(`version ${version} has ${weight} %`, async () =>
    (await checkout.alias()).weights[version] === weight ? true : undefined,
  );

const waiting = () =>
  eventually('the rollout waits for an approval', async () => {
    const { rollouts } = await sluiceJson('status', live());
    const [first] = rollouts as { doing: string }[];
    return first?.doing === 'waitingForApproval' ? true : undefined;
  });

describe('with a rollout in progress', () => {
  let stable = '';

  it('status, approve, watch and history tell the same story, and who said yes', async () => {
    await checkout.deploy({ release: 'two', manual: true });
    const { version } = checkout;
    await waiting();
    const everything = await sluice('status');
    expect(everything.out).toContain('WAITS FOR AN APPROVAL');
    expect(await sluiceJson('approve', live(), '--comment', 'fine')).toMatchObject({ action: 'approved', weight: 55 });
    await shown(version, 55);
    await waiting();
    const watching = sluice('watch', live(), '--json');
    expect(await sluiceJson('approve', live())).toMatchObject({ action: 'approved', weight: 100 });
    const { code, out } = await watching;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'promoted', versions: { candidate: version } });
    const { rollouts } = await sluiceJson('history', live());
    expect(rollouts).toMatchObject([
      {
        state: 'promoted',
        candidate: version,
        report: { approvals: [{ comment: 'fine', by: expect.stringContaining('arn:') }, {}] },
      },
    ]);
    stable = version;
    expect(await checkout.alias()).toEqual(alone(stable));
  });

  it('reject puts the alias back', async () => {
    await checkout.deploy({ release: 'three', manual: true });
    await waiting();
    expect(await sluiceJson('reject', live(), '--comment', 'no')).toMatchObject({ action: 'rejected' });
    const execution = await checkout.ended(checkout.version);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toContain('no');
    expect(await checkout.alias()).toEqual(alone(stable));
  });

  it('advance gives the next weight at once', async () => {
    const version = await rolling('four');
    expect(await sluiceJson('advance', live())).toMatchObject({ from: 10, to: 55 });
    expect((await checkout.alias()).weights).toEqual({ [version]: 55 });
    await eventually('the rollout takes it up', async () => {
      const { rollouts } = await sluiceJson('status', live());
      return (rollouts as { weight: number }[])[0]?.weight === 55 ? true : undefined;
    });
  });

  it("versions and doctor know of it: both of its versions are kept, and its weights are nobody's problem", async () => {
    const { kept, removed } = await sluiceJson('versions', 'prune', checkout.functionName, '--keep', '2');
    const versions = (kept as { version: string }[]).map(({ version }) => version);
    expect(versions).toEqual(expect.arrayContaining([stable, checkout.version]));
    expect(removed).not.toContain(stable);
    expect((await sluice('versions', 'list', checkout.functionName)).out).toContain('live');
    expect(await sluiceJson('doctor', live())).toMatchObject({ problems: 0 });
  });

  it('hold keeps it there until resume', async () => {
    expect(await sluiceJson('hold', checkout.functionName, '--reason', 'freeze')).toMatchObject({ action: 'held' });
    await eventually('the rollout is held', async () => {
      const { rollouts } = await sluiceJson('status', live());
      return (rollouts as { doing: string }[])[0]?.doing === 'held' ? true : undefined;
    });
    expect(await sluiceJson('resume', '--all')).toMatchObject({
      action: 'resumed',
      functions: [checkout.functionName],
    });
  });

  it('rollback puts the alias back within seconds, and the rollout ends for it', async () => {
    const { version } = checkout;
    expect(await sluiceJson('rollback', live(), '--reason', 'broken')).toMatchObject({
      action: 'rolledBack',
      to: stable,
    });
    expect(await checkout.alias()).toEqual(alone(stable));
    const execution = await checkout.ended(version);
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toContain('broken');
  });

  it('start promotes a version as a pipeline does, and its exit code is the rollout', async () => {
    const policy = JSON.stringify({ steps: [{ weight: 50, bakeSeconds: 2 }], settleSeconds: 2, alarms: [] });
    const file = `${checkout.folder}/policy.json`;
    await checkout.write(file, policy);
    const { code, out } = await sluice('start', live(), '--version', 'newest', '--policy', file, '--wait', '--json');
    expect(JSON.parse(out)).toMatchObject({ outcome: 'promoted' });
    expect(code).toBe(0);
    expect(await checkout.alias()).toEqual(alone(checkout.version));
  });

  it('rollback undoes the last promotion, and is harmless when it is asked for again', async () => {
    expect(await sluiceJson('rollback', live())).toMatchObject({ action: 'rolledBack', to: stable });
    expect(await sluiceJson('rollback', live())).toMatchObject({ action: 'nothing' });
    expect(await checkout.alias()).toEqual(alone(stable));
  });
});

describe('without the command line', () => {
  it('the state machine rolls back when it is started with {"operation":"rollback"}', async () => {
    const before = (await checkout.alias()).version;
    const version = await rolling('five');
    const { executionArn } = await checkout.start({ operation: 'rollback', reason: 'by hand' });
    await eventually('the alias is put back', async () =>
      (await checkout.alias()).version === before && Object.keys((await checkout.alias()).weights).length === 0
        ? true
        : undefined,
    );
    expect((await checkout.ended(version)).cause).toContain('by hand');
    const ended = await eventually('the rollback ends', async () => {
      const now = await checkout.describe(executionArn as string);
      return now.status === 'RUNNING' ? undefined : now;
    });
    expect(ended.status).toBe('SUCCEEDED');
  });

  it('the document of Systems Manager asks the revert function for the same', async () => {
    const before = (await checkout.alias()).version;
    const version = await rolling('six');
    const { payload, functionName } = await checkout.automation(live(), 'from Systems Manager');
    const answer = await new LambdaClient({}).send(
      new InvokeCommand({ FunctionName: functionName, Payload: new TextEncoder().encode(JSON.stringify(payload)) }),
    );
    expect(JSON.parse(new TextDecoder().decode(answer.Payload))).toMatchObject({
      next: 'rolledBackByHand',
      from: version,
    });
    expect(await checkout.alias()).toEqual(alone(before));
    expect((await checkout.ended(version)).cause).toContain('from Systems Manager');
  });

  it('the state machine starts a rollout from a version alone, by the policy that is deployed', async () => {
    await checkout.deploy({ release: 'six', bakeSeconds: 2 });
    const { executionArn } = await checkout.start({
      function: checkout.functionName,
      alias: 'live',
      version: checkout.version,
    });
    const ended = await eventually('the rollout ends', async () => {
      const now = await checkout.describe(executionArn as string);
      return now.status === 'RUNNING' ? undefined : now;
    });
    expect(ended.status).toBe('SUCCEEDED');
    expect(await checkout.alias()).toEqual(alone(checkout.version));
  });
});
