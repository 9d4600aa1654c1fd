import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { timingSchema } from '../lib/rollout/environment.ts';
import { CheckoutStack } from './checkout-stack.ts';

const contextSchema = z.object({
  release: z.coerce.string().default('1'),
  faultRate: z.coerce.number().min(0).max(1).default(0),
  // A policy and a timing as JSON text, for those who want a rollout to take seconds.
  policy: z.string().optional(),
  timing: z.string().optional(),
});

const app = new App();
const given = (name: string): unknown => app.node.tryGetContext(name);
const context = contextSchema.parse({
  release: given('release'),
  faultRate: given('faultRate'),
  policy: given('policy'),
  timing: given('timing'),
});
const policyFile = new URL('checkout-policy.json', import.meta.url);

new CheckoutStack(app, 'checkout', {
  description: 'The reference service of Sluice',
  release: context.release,
  faultRate: context.faultRate,
  policy: JSON.parse(context.policy ?? readFileSync(policyFile, 'utf8')),
  timing: context.timing === undefined ? undefined : timingSchema.parse(JSON.parse(context.timing)),
});
