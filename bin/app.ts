import { fileURLToPath } from 'node:url';
import { App, Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import { deploymentOf, RolloutPolicy } from '../lib/index.ts';
import { timingSchema } from '../lib/rollout/contracts/environment.ts';
import { CheckoutBranch } from './checkout-branch.ts';
import { CheckoutStack } from './checkout-stack.ts';

/** The names and values of `-c name=value`. */
const contextSchema = z.object({
  release: z.coerce.string().default('1'),
  faultRate: z.coerce.number().min(0).max(1).default(0),
  ttlMinutes: z.coerce.number().min(1).optional(),
  // A policy and a timing as JSON text, for those who want a rollout to take seconds.
  policy: z.string().optional(),
  timing: z.string().optional(),
});

const app = new App();
const context = contextSchema.parse(
  Object.fromEntries(Object.keys(contextSchema.shape).map((name) => [name, app.node.tryGetContext(name)])),
);
const { release, faultRate } = context;
// The main branch is production; every other one gets an environment of its own.
const { production, branch } = deploymentOf(app);

if (production) {
  new CheckoutStack(app, 'checkout', {
    description: 'The reference service of Sluice',
    release,
    faultRate,
    policy:
      context.policy === undefined
        ? RolloutPolicy.fromFile(fileURLToPath(new URL('checkout-policy.json', import.meta.url)))
        : RolloutPolicy.fromJson(JSON.parse(context.policy)),
    timing: context.timing === undefined ? undefined : timingSchema.parse(JSON.parse(context.timing)),
  });
} else {
  new CheckoutBranch(app, {
    description: `The reference service of Sluice, branch ${branch}`,
    branch,
    owner: process.env['GITHUB_ACTOR'] ?? process.env['GITLAB_USER_LOGIN'] ?? process.env['USER'],
    ttl: context.ttlMinutes === undefined ? undefined : Duration.minutes(context.ttlMinutes),
    release,
    faultRate,
  });
}
