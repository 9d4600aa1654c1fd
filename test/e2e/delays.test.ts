import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deployment, eventually, underTraffic } from './deployment.ts';

/**
 * Rollouts on an endpoint that is as late as AWS: an invocation goes by an alias as it was up to ALIAS_DELAY seconds ago, a
 * datapoint is visible to alarms and observations only METRIC_DELAY seconds after it.
 */
const checkout = new Deployment(`sluice-e2e-delays-${process.pid}`);
const alone = (version: string) => ({ version, weights: {} });

beforeAll(async () => {
  await checkout.bootstrap();
  await checkout.deploy({ release: 'one' });
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

describe('where an alias and its metrics are late', () => {
  it('a good version is promoted on the data of its own steps', async () => {
    const { result: execution, answers } = await underTraffic(checkout, async () => {
      await checkout.deploy({ release: 'two' });
      return checkout.ended(checkout.version);
    });
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    expect(execution.output).toMatch(/0 of [1-9]\d* requests failed on/);
    expect(await checkout.alias()).toEqual(alone(checkout.version));
    expect(answers.filter(({ failed }) => failed)).toEqual([]);
  });

  it('a bad version is put back, and gets no traffic any more once the alias has settled', async () => {
    const good = checkout.version;
    const { result: execution } = await underTraffic(checkout, async () => {
      await checkout.deploy({ release: 'three', faultRate: 1 });
      return checkout.ended(checkout.version);
    });
    expect(execution).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
    expect(await checkout.alias()).toEqual(alone(good));
    await eventually('every answer is of the good version', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => checkout.invoke()));
      return answers.every(({ version }) => version === good) ? true : undefined;
    });
  });
});
