import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment, eventually, LONG_BAKE_SECONDS, underTraffic } from './deployment.ts';

/** Every check is of what AWS holds: versions, code hashes, weights over time, executions; none of what Sluice prints. */
const checkout = new Deployment(`sluice-e2e-${process.pid}`);
const alone = (version: string) => ({ version, weights: {} });

beforeAll(async () => {
  await checkout.bootstrap();
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

describe('a service with a RolloutAlias', () => {
  let good = '';

  it('answers through its alias after the first deploy, without a rollout', async () => {
    expect(await checkout.deploy({ release: 'one' })).toBe(true);
    good = checkout.version;
    expect(await checkout.alias()).toEqual(alone(good));
    expect(await checkout.invoke()).toEqual({ version: good, failed: false, release: 'one' });
    expect(await (await fetch(checkout.url)).json()).toMatchObject({ release: 'one' });
    expect(await checkout.executions()).toEqual([]);
  });

  it('is promoted step by step to a good version, after the stack has committed', async () => {
    expect(await checkout.deploy({ release: 'two' })).toBe(true);
    const { version } = checkout;
    const seen = new Set<number>();
    const { result: execution } = await underTraffic(checkout, () =>
      eventually('the rollout ends', async () => {
        const { weights } = await checkout.alias();
        seen.add(weights[version] ?? 0);
        const now = await checkout.executionOf(version);
        return now.status === 'RUNNING' ? undefined : now;
      }),
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect([...seen].filter((weight) => weight > 0)).toEqual([10, 55, 100].filter((weight) => seen.has(weight)));
    expect(seen.size).toBeGreaterThanOrEqual(3);
    expect(await checkout.alias()).toEqual(alone(version));
    expect(await checkout.invoke()).toMatchObject({ version, release: 'two' });
    const shifted = (await checkout.entered(execution, 'Shift')) as Date;
    expect(shifted.getTime()).toBeGreaterThanOrEqual(((await checkout.committedAt()) as Date).getTime());
    good = version;
  });

  it('starts nothing when a deploy changes nothing in the function', async () => {
    const before = await checkout.executions();
    expect(await checkout.deploy({ release: 'two', bakeSeconds: LONG_BAKE_SECONDS })).toBe(true);
    expect(checkout.version).toBe(good);
    expect(await checkout.executions()).toHaveLength(before.length);
  });

  it('is put back when a bad version fails under traffic', async () => {
    const { result: execution, answers } = await underTraffic(checkout, async () => {
      expect(await checkout.deploy({ release: 'three', faultRate: 1 })).toBe(true);
      return checkout.ended(checkout.version);
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(execution.cause).toContain('ALARM');
    expect(await checkout.alias()).toEqual(alone(good));
    const failed = answers.filter((answer) => answer.failed);
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed.map((answer) => answer.version))).toEqual(new Set([checkout.version]));
    expect(failed.length / answers.length).toBeLessThan(0.5);
  });

  it('ends at exactly one version when a deploy comes during a rollout', async () => {
    await checkout.deploy({ release: 'four', bakeSeconds: LONG_BAKE_SECONDS });
    const four = checkout.version;
    await eventually('the first rollout has shifted', async () =>
      (await checkout.alias()).weights[four] ? true : undefined,
    );
    await checkout.deploy({ release: 'five' });
    const five = checkout.version;
    expect(await checkout.ended(five)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await checkout.alias()).toEqual(alone(five));
    expect(await checkout.ended(four)).toMatchObject({ status: 'FAILED', error: 'Superseded' });
    expect(await checkout.alias()).toEqual(alone(five));
    good = five;
  });

  it('is put back when somebody stops the execution', async () => {
    await checkout.deploy({ release: 'six', bakeSeconds: LONG_BAKE_SECONDS });
    const { version } = checkout;
    await eventually('the rollout has shifted', async () =>
      (await checkout.alias()).weights[version] ? true : undefined,
    );
    await checkout.stop(await checkout.executionOf(version));
    const put = await eventually('the alias is put back', async () => {
      const alias = await checkout.alias();
      return Object.keys(alias.weights).length === 0 ? alias : undefined;
    });
    expect(put).toEqual(alone(good));
  });

  it('keeps its traffic when a hook refuses the version', async () => {
    await checkout.deploy({ release: 'seven', refuse: true });
    const execution = await checkout.ended(checkout.version);
    expect(execution.status).toBe('FAILED');
    expect(execution.cause).toMatch(/smoke test of .* failed/);
    expect(await checkout.entered(execution, 'Shift')).toBeUndefined();
    expect(await checkout.alias()).toEqual(alone(good));
  });

  it('keeps its traffic when the stack rolls back, and the rollout ends as cancelled', async () => {
    const before = await checkout.executions();
    expect(await checkout.deploy({ release: 'eight', broken: true })).toBe(false);
    const started = (await checkout.executions()).length - before.length;
    expect(started).toBeGreaterThanOrEqual(1);
    const cancelled = await eventually('the rollout ends', async () => {
      const [newest] = await checkout.executions();
      return newest?.status === 'RUNNING' ? undefined : newest;
    });
    expect(cancelled).toMatchObject({ status: 'FAILED', error: 'Cancelled' });
    expect(await checkout.entered(cancelled, 'Shift')).toBeUndefined();
    expect(await checkout.alias()).toEqual(alone(good));
  });

  it('has a published version of its own for every deploy, and each can be invoked', async () => {
    const versions = await checkout.publishedVersions();
    expect(versions.length).toBeGreaterThanOrEqual(7);
    expect(new Set(versions.map(({ CodeSha256 }) => CodeSha256)).size).toBe(versions.length);
    for (const { Version } of versions) expect(await checkout.invoke(Version)).toMatchObject({ version: Version });
  });

  it('is gone when the stack is destroyed', async () => {
    await checkout.destroy();
    expect(await checkout.exists()).toBe(false);
  });
});
