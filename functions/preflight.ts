import * as z from 'zod';
import { readAlarms } from '../lib/aws/cloudwatch/alarms.ts';
import { recorded } from '../lib/aws/events/announce.ts';
import { cloudformation, cloudwatch, lambda, notifications, ssm } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import { hasProvisionedConcurrency, readHold, readVersion } from '../lib/aws/lambda/functions.ts';
import { readRegistration } from '../lib/aws/stack/registrations.ts';
import { readStackStatus } from '../lib/aws/stack/stack.ts';
import { stateMachineArnOf } from '../lib/aws/states/executions.ts';
import { refusalInWords } from '../lib/rollout/contracts/refusal.ts';
import type { Registration } from '../lib/rollout/contracts/registration.ts';
import { commitOf } from '../lib/rollout/contracts/stack.ts';
import { oneLine } from '../lib/rollout/contracts/text.ts';
import { preflight, type StartFacts } from '../lib/rollout/decisions/preflight.ts';
import { rollbackInputSchema } from '../lib/rollout/decisions/rollback.ts';
import type { Rollout } from '../lib/rollout/document/rollout.ts';
import { newRollout, outOfReach, startInputSchema } from '../lib/rollout/document/start.ts';
import { type Policy, policySchema } from '../lib/rollout/policy/policy.ts';

/** What the state machine's first state makes of the input: whatever it is, beside who the execution is. */
const started = z.object({
  input: z.unknown(),
  execution: z.object({ id: z.string(), name: z.string(), startTime: z.iso.datetime() }),
});

type Needed = 'lambda' | 'cloudwatch' | 'cloudformation' | 'ssm';

/**
 * Looks at everything that must be right before any traffic moves, and says how to go on. An execution that was started to roll back
 * is only checked and sent on.
 */
export const create: HandlerFactory<Needed | 'notifications'> = recorded<Needed>(({ clients, now }) => {
  return async (event) => {
    if ((event as { schema?: unknown }).schema === 1) return look(event as Rollout);
    const { input, execution } = started.parse(event);
    if ((input as { operation?: unknown } | null)?.operation === 'rollback') return rollback(input, execution.id);
    const rollout = await begin(input, execution);
    return 'schema' in rollout ? look(rollout) : rollout;
  };

  async function look(rollout: Rollout): Promise<Rollout> {
    return preflight(rollout, await read(rollout), now());
  }

  /** A new document; or why the input makes no rollout, in words. */
  async function begin(input: unknown, { id, name, startTime }: z.output<typeof started>['execution']) {
    const parsed = startInputSchema.safeParse(input, { reportInput: true });
    if (!parsed.success) return refused(parsed.error);
    const given = parsed.data;
    const elsewhere = outOfReach(given.function, id);
    if (elsewhere) return rejected(elsewhere);
    const complete = given.policy !== undefined && given.provisionedConcurrency !== undefined;
    const deployed = complete
      ? undefined
      : await readRegistration(clients.ssm, { functionName: given.function, aliasName: given.alias });
    const policy = given.policy ?? deployedPolicy(given.function, given.alias, deployed);
    if (typeof policy === 'string') return rejected(policy);
    const provisionedConcurrency =
      given.provisionedConcurrency === undefined ? deployed?.provisionedConcurrency : given.provisionedConcurrency;
    return newRollout(
      { ...given, policy, provisionedConcurrency },
      { id, name, startedAt: Date.parse(startTime) / 1000 },
    );
  }

  function deployedPolicy(
    functionName: string,
    aliasName: string,
    registration: Registration | undefined,
  ): Policy | string {
    if (registration?.policy === undefined) {
      return `no policy is given, and none is deployed for alias ${aliasName} of ${functionName}: give one as "policy"`;
    }
    const policy = policySchema.safeParse(registration.policy, { reportInput: true });
    return policy.success
      ? policy.data
      : `the policy that is deployed for the alias is refused: ${refusalInWords(policy.error)}`;
  }

  function rollback(input: unknown, executionId: string) {
    const parsed = rollbackInputSchema.safeParse(input, { reportInput: true });
    if (!parsed.success) return refused(parsed.error);
    const { function: functionName, alias = '' } = parsed.data;
    const elsewhere = outOfReach(functionName ?? alias, executionId);
    if (elsewhere) return rejected(elsewhere);
    return { ...parsed.data, stateMachineArn: stateMachineArnOf(executionId), next: 'rollback' };
  }

  async function read({ functionName, aliasName, candidate, policy, stack }: Rollout): Promise<StartFacts> {
    const name = { functionName, aliasName };
    const stackStatus = stack === null ? null : await readStackStatus(clients.cloudformation, stack);
    if (commitOf(stackStatus) !== 'committed') return { ...nothing, stackStatus };
    const alias = await readAlias(clients.lambda, name);
    if (!alias) return { ...nothing, stackStatus };
    const [stable, candidateFacts, hold, provisionedConcurrency, alarms] = await Promise.all([
      readVersion(clients.lambda, functionName, alias.functionVersion),
      readVersion(clients.lambda, functionName, candidate),
      readHold(clients.lambda, functionName),
      hasProvisionedConcurrency(clients.lambda, name),
      readAlarms(clients.cloudwatch, policy.alarms),
    ]);
    return { alias, stable, candidate: candidateFacts, hold, provisionedConcurrency, alarms, stackStatus };
  }
});

export const handler = entry(create, { lambda, cloudwatch, cloudformation, ssm, notifications });

const nothing: StartFacts = {
  alias: null,
  stable: null,
  candidate: null,
  alarms: [],
  hold: null,
  provisionedConcurrency: false,
  stackStatus: null,
};

/** What makes no rollout, with all that the state machine asks for. */
const rejected = (reason: string) => ({ next: 'rejected' as const, reason, toRelease: false as const });

/** An input may have thousands of fields that are refused; a Fail state's Cause has room for some. */
const LONGEST_REFUSAL = 2000;

const refused = (error: z.ZodError) =>
  rejected(oneLine(`the input is refused: ${refusalInWords(error)}`, LONGEST_REFUSAL));
