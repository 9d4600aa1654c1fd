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
import {
  isToBeKeptWarm,
  isToBePut,
  isToBeWarmed,
  releasable,
  towardsTraffic,
  warmed,
  warmedTogether,
} from '../lib/rollout/decisions/warm.ts';
import { bounded } from '../lib/rollout/document/bounds.ts';
import { quiet } from '../lib/rollout/document/change.ts';
import { membersOf } from '../lib/rollout/document/members.ts';
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
    const looked: Rollout[] = [];
    for (const member of membersOf(rollout)) {
      looked.push(isToBeWarmed(member) ? await warmMember(member) : towardsTraffic(member));
    }
    return warmedTogether(rollout, looked);
  }

  async function warmMember(member: Rollout): Promise<Rollout> {
    const { functionName, candidate } = member;
    const [found, alias] = await Promise.all([
      readProvisionedConcurrency(clients.lambda, functionName, candidate),
      readAlias(clients.lambda, member),
    ]);
    const configured = found && !isToBePut(member, found) ? found : await put(member);
    const after = warmed(member, configured, alias);
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
    const failures: string[] = [];
    for (const member of membersOf(rollout)) failures.push(...(await releaseMember(member)));
    return { ...rollout, toRelease: false, reason: [rollout.reason, ...failures].join('; ') };
  }

  /** @returns why it failed, in words; empty if it did not */
  async function releaseMember(member: Rollout): Promise<readonly string[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        await releaseOnce(member);
        return [];
      } catch (error) {
        if (attempt < RELEASE_TRIES && !isNamed(error, 'OutOfTime')) {
          await pause(RELEASE_PAUSE);
          continue;
        }
        const { name, message } = error as Error;
        const why = `provisioned concurrency of ${member.functionName} could not be released and still costs money (${name}: ${message})`;
        return [oneLine(why)];
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
