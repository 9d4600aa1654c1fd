import * as z from 'zod';
import { readAlarms } from '../lib/aws/alarms.ts';
import { readAlias } from '../lib/aws/alias.ts';
import { cloudformation, cloudwatch, lambda } from '../lib/aws/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/entry.ts';
import { hasProvisionedConcurrency, readHold, readVersion } from '../lib/aws/functions.ts';
import { readStackStatus } from '../lib/aws/stack.ts';
import { preflight, type StartFacts } from '../lib/rollout/preflight.ts';
import { refusalInWords } from '../lib/rollout/refusal.ts';
import type { Rollout } from '../lib/rollout/rollout.ts';
import { commitOf } from '../lib/rollout/stack.ts';
import { newRollout, outOfReach, startInputSchema } from '../lib/rollout/start.ts';
import { oneLine } from '../lib/rollout/text.ts';

/** What the state machine's first state makes of the input: whatever it is, beside who the execution is. */
const started = z.object({
  input: z.unknown(),
  execution: z.object({ id: z.string(), name: z.string(), startTime: z.iso.datetime() }),
});

/** Looks at everything that must be right before any traffic moves, and says how to go on. */
export const create: HandlerFactory<'lambda' | 'cloudwatch' | 'cloudformation'> =
  ({ clients, now }) =>
  async (event) => {
    const rollout = documentOf(event);
    if (!('schema' in rollout)) return rollout;
    return preflight(rollout, await read(rollout), now());

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
  };

export const handler = entry(create, { lambda, cloudwatch, cloudformation });

const nothing: StartFacts = {
  alias: null,
  stable: null,
  candidate: null,
  alarms: [],
  hold: null,
  provisionedConcurrency: false,
  stackStatus: null,
};

/** An input may have thousands of fields that are refused; a Fail state's Cause has room for some. */
const LONGEST_REFUSAL = 2000;

const refusalOf = (error: z.ZodError): string =>
  oneLine(`the input is refused: ${refusalInWords(error)}`, LONGEST_REFUSAL);

/** The document of a rollout that was here before, or a new one; input that makes no rollout is rejected in words. */
function documentOf(event: unknown): Rollout | { readonly next: 'rejected'; readonly reason: string } {
  if ((event as { schema?: unknown }).schema === 1) return event as Rollout;
  const { input, execution } = started.parse(event);
  const parsed = startInputSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) return { next: 'rejected', reason: refusalOf(parsed.error) };
  const elsewhere = outOfReach(parsed.data.function, execution.id);
  if (elsewhere) return { next: 'rejected', reason: elsewhere };
  const startedAt = Date.parse(execution.startTime) / 1000;
  return newRollout(parsed.data, { id: execution.id, name: execution.name, startedAt });
}
