import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buttonsIn, messageIn } from '../functions/a-widget.ts';
import { Deployment, eventually, LONG_BAKE_SECONDS } from './deployment.ts';

/** The widget of a dashboard as CloudWatch calls it, with the permissions that its role has. */
const checkout = new Deployment(`sluice-e2e-dashboard-${process.pid}`);
const lambda = new LambdaClient({});

beforeAll(async () => {
  await checkout.bootstrap();
  await checkout.deploy({ release: 'one', dashboard: true });
});

afterAll(async () => {
  if (await checkout.exists()) await checkout.destroy();
});

/** What the function behind the widget answers. */
async function widget(event: object = {}): Promise<string> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: checkout.outputs['Widget'],
      Payload: JSON.stringify({ function: checkout.functionName, alias: 'live', ...event }),
    }),
  );
  expect(FunctionError).toBeUndefined();
  return JSON.parse(Buffer.from(Payload ?? []).toString());
}

/** The page once it offers a button. */
const offering = (action: string) =>
  eventually(`the widget offers to ${action}`, async () => {
    const page = await widget();
    return buttonsIn(page)[action] ? page : undefined;
  });

it('describes itself to the console', async () => {
  expect(await widget({ describe: true })).toContain('### Parameters');
});

it('shows the rollout, and each of its buttons does what it says', async () => {
  const before = checkout.version;
  await checkout.deploy({ release: 'two', manual: true, dashboard: true, bakeSeconds: LONG_BAKE_SECONDS });
  const { version } = checkout;
  const held = await offering('hold');
  expect(messageIn(await widget(buttonsIn(held)['hold']))).toMatch(/^Held/);
  const resumable = await offering('resume');
  expect(messageIn(await widget(buttonsIn(resumable)['resume']))).toMatch(/^Resumed/);
  const bakes = await offering('advance');
  expect(messageIn(await widget(buttonsIn(bakes)['advance']))).toBe(`${version} has 55 % of the traffic.`);
  expect((await checkout.alias()).weights).toEqual({ [version]: 55 });
  // The page of a step ago advances nothing once the rollout has taken the step up.
  await eventually('the rollout is in step 2', async () => ((await widget()).includes('step 2 of') ? true : undefined));
  expect(messageIn(await widget(buttonsIn(bakes)['advance']))).toMatch(/^Refused: expected .* step 1 at 10 %, found/);
  const page = await offering('rollback');
  expect(messageIn(await widget(buttonsIn(page)['rollback']))).toBe(`Rolled back: ${before} serves all traffic again.`);
  expect(await checkout.alias()).toEqual({ version: before, weights: {} });
  expect(await checkout.ended(version)).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
});

it('approves and rejects what the rollout waits for', async () => {
  await checkout.deploy({ release: 'three', manual: true, dashboard: true });
  const { version } = checkout;
  const asks = await offering('approve');
  expect(messageIn(await widget(buttonsIn(asks)['approve']))).toMatch(/^Approved/);
  const again = await eventually('it waits once more', async () => {
    const page = await widget();
    return page.includes('step 2 of') && buttonsIn(page)['reject'] ? page : undefined;
  });
  expect(messageIn(await widget(buttonsIn(again)['reject']))).toMatch(/^Rejected/);
  expect(await checkout.ended(version)).toMatchObject({ status: 'FAILED', error: 'RolledBack' });
});
