import { CloudWatchClient, DeleteAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRegistration } from '../../lib/aws/stack/registrations.ts';
import { Deployment, sluice, sluiceJson } from './deployment.ts';

/** What is looked after between rollouts: versions that pile up, and what the next rollout would stumble over. */
const checkout = new Deployment(`sluice-e2e-care-${process.pid}`);
const live = () => `${checkout.functionName}:live`;
const published: string[] = [];

beforeAll(async () => {
  await checkout.bootstrap();
  for (const release of ['one', 'two', 'three', 'four']) {
    await checkout.deploy({ release });
    published.push(checkout.version);
    if (release !== 'one') expect(await checkout.ended(checkout.version)).toMatchObject({ status: 'SUCCEEDED' });
  }
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

const versionsNow = async () => (await checkout.publishedVersions()).map(({ Version }) => Version as string);

describe('sluice versions', () => {
  it('lists what is published, and who uses it', async () => {
    const { versions } = (await sluiceJson('versions', 'list', checkout.functionName)) as {
      versions: { version: string }[];
    };
    expect(versions.map(({ version }) => version).toReversed()).toEqual(published);
    expect(versions).toMatchObject([
      { aliases: [{ alias: 'live', weight: 100 }] },
      { aliases: [], previousOf: [{ alias: 'live', rollbackTarget: true }] },
      { aliases: [], previousOf: [] },
      { aliases: [], previousOf: [] },
    ]);
  });

  it('prunes nothing unless it is asked for in earnest', async () => {
    const pruned = await sluiceJson('versions', 'prune', checkout.functionName, '--keep', '2');
    expect(pruned).toMatchObject({ dryRun: true, removed: published.slice(0, 2) });
    expect(await versionsNow()).toEqual(published);
  });

  it('keeps what is served and what a rollback goes to, and deletes the rest', async () => {
    const pruned = await sluiceJson('versions', 'prune', checkout.functionName, '--keep', '2', '--yes');
    expect(pruned).toMatchObject({ dryRun: false, removed: published.slice(0, 2) });
    expect(await versionsNow()).toEqual(published.slice(2));
    expect(await checkout.invoke()).toMatchObject({ version: published[3], release: 'four' });
    expect(await sluiceJson('rollback', live())).toMatchObject({ action: 'rolledBack', to: published[2] });
    expect(await checkout.invoke()).toMatchObject({ version: published[2], release: 'three' });
  });

  it('has nothing left to delete afterwards', async () => {
    const again = await sluiceJson('versions', 'prune', checkout.functionName, '--keep', '2', '--yes');
    expect(again).toMatchObject({ removed: [] });
    expect(await versionsNow()).toEqual(published.slice(2));
  });
});

describe('sluice doctor', () => {
  it('finds the service in good order', async () => {
    const { code, out } = await sluice('doctor', live(), '--json');
    const { problems, aliases } = JSON.parse(out) as { problems: number; aliases: { checks: object[] }[] };
    expect({ code, problems }).toEqual({ code: 0, problems: 0 });
    expect(aliases[0]?.checks).toContainEqual(expect.objectContaining({ name: 'permissions', result: 'ok' }));
    expect(aliases[0]?.checks).toContainEqual(expect.objectContaining({ name: 'controller', result: 'ok' }));
  });

  it('finds an alarm that somebody deleted', async () => {
    const registration = await readRegistration(new SSMClient({}), {
      functionName: checkout.functionName,
      aliasName: 'live',
    });
    const policy = registration?.policy as { readonly alarms: string[] };
    await new CloudWatchClient({}).send(new DeleteAlarmsCommand({ AlarmNames: policy.alarms }));
    const { code, out } = await sluice('doctor', live(), '--json');
    expect(code).toBe(1);
    const { aliases } = JSON.parse(out) as { aliases: { checks: { name: string; result: string }[] }[] };
    const problems = aliases[0]?.checks.filter(({ result }) => result === 'problem').map(({ name }) => name);
    expect(problems).toEqual(policy.alarms.map((alarm) => `alarm ${alarm}`));
    const forPeople = await sluice('doctor', live());
    expect(forPeople.out).toContain('does not exist in this account and region');
  });
});
