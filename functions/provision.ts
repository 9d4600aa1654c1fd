import { handOn } from '../lib/aws/events/announce.ts';
import { lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { isNamed } from '../lib/aws/handler/errors.ts';
import { pause } from '../lib/aws/handler/pause.ts';
import { readAlias } from '../lib/aws/lambda/alias.ts';
import {
  deleteProvisionedConcurrency,
  putProvisionedConcurrency,
  readProvisionedConcurrency,
} from '../lib/aws/lambda/provisioned-concurrency.ts';
import { oneLine } from '../lib/rollout/contracts/text.ts';
import { isToBeKeptWarm, isToBePut, releasable, warmed } from '../lib/rollout/decisions/warm.ts';
import { bounded } from '../lib/rollout/document/bounds.ts';
import { quiet } from '../lib/rollout/document/change.ts';
import { parseRollout, type Rollout } from '../lib/rollout/document/rollout.ts';

/** How many tries a release has, beyond the SDK's own attempts, and the pause between them in milliseconds. */
const RELEASE_TRIES = 3;
const RELEASE_PAUSE = 5000;

/**
 * Provisioned concurrency of versions. Before the first traffic it asks for the candidate's and says whether it is ready; when the
 * rollout is over it takes away that of the versions which the alias does not serve.
 */
export const create: HandlerFactory<'lambda' | 'notifications'> = (context) => {
  const { clients } = context;
  return async (event) => {
    const rollout = parseRollout(event);
    // A rollout that releases has ended before, and its end was announced then.
    return rollout.next === 'warm' ? handOn(context, quiet(await warm(rollout))) : bounded(await release(rollout));
  };

  async function warm(rollout: Rollout): Promise<Rollout> {
    const { functionName, candidate } = rollout;
    const [found, alias] = await Promise.all([
      readProvisionedConcurrency(clients.lambda, functionName, candidate),
      readAlias(clients.lambda, rollout),
    ]);
    const configured = found && !isToBePut(rollout, found) ? found : await put(rollout);
    const after = warmed(rollout, configured, alias);
    // A version that serves may still have environments of its number before.
    if (after.next === 'rejected' && alias?.functionVersion !== candidate) {
      await deleteProvisionedConcurrency(clients.lambda, functionName, candidate);
    }
    return after;
  }

  function put({ functionName, candidate, provisionedConcurrency }: Rollout) {
    return putProvisionedConcurrency(clients.lambda, functionName, candidate, provisionedConcurrency as number);
  }

  /** The rollout has ended already: a version that cannot be released adds to the reason, and changes nothing else. */
  async function release(rollout: Rollout): Promise<Rollout> {
    const released: Rollout = { ...rollout, toRelease: false };
    for (let attempt = 1; ; attempt++) {
      try {
        await releaseOnce(rollout);
        return released;
      } catch (error) {
        if (attempt < RELEASE_TRIES && !isNamed(error, 'OutOfTime')) {
          await pause(RELEASE_PAUSE);
          continue;
        }
        const { name, message } = error as Error;
        const why = `provisioned concurrency of ${rollout.functionName} could not be released and still costs money (${name}: ${message})`;
        return { ...released, reason: `${rollout.reason}; ${oneLine(why)}` };
      }
    }
  }

  async function releaseOnce(rollout: Rollout): Promise<void> {
    const alias = await readAlias(clients.lambda, rollout);
    for (const version of releasable(rollout, alias)) {
      await deleteProvisionedConcurrency(clients.lambda, rollout.functionName, version);
    }
    if (!isToBeKeptWarm(rollout, alias)) return;
    const found = await readProvisionedConcurrency(clients.lambda, rollout.functionName, rollout.candidate);
    if (found?.requested !== rollout.provisionedConcurrency) await put(rollout);
  }
};

export const handler = entry(create, { lambda, notifications });
