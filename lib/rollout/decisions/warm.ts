import { type AliasState, carriesWeights, servedBy } from '../alias/alias.ts';
import { withMembers } from '../document/members.ts';
import type { Rollout } from '../document/rollout.ts';
import { nextThroughHooks } from './hooks.ts';

/** A version's provisioned concurrency, as Lambda describes it. */
export interface ProvisionedConcurrency {
  /** How many execution environments were asked for. */
  readonly requested: number;
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  /** Lambda's own words, if it failed. */
  readonly statusReason: string;
}

/** How long to wait between two looks, in seconds. It takes some two minutes to get ready, and five to fail. (Recorded on AWS.) */
const INTERVAL_SECONDS = 10;

/** How many looks a version gets to be ready: a quarter of an hour of them, and 16 events of the execution's history each. */
const MOST_WARM_LOOKS = 90;

/**
 * The way of a rollout to its first weight: the version is warmed first, then the hooks are called.
 *
 * @param given whether a person gave the first weight by hand: then it is too late to ask anybody
 */
export const towardsTraffic = (rollout: Rollout, given = false): Rollout =>
  wantsWarming(rollout)
    ? warming(rollout)
    : { ...rollout, next: rollout.tried || given ? 'shift' : nextThroughHooks(rollout, 'beforeTraffic') };

/** Whether the rollout asks for provisioned concurrency, of any member, and has not seen it ready. */
export const wantsWarming = (rollout: Rollout): boolean => [rollout, ...rollout.others].some(isToBeWarmed);

/** Whether a member's candidate has to get ready. */
export const isToBeWarmed = (member: Pick<Rollout, 'provisionedConcurrency' | 'warmed'>): boolean =>
  member.provisionedConcurrency !== null && !member.warmed;

/** The document before anything is asked of Lambda: whatever happens from now on, the end has something to release. */
export const warming = (rollout: Rollout): Rollout => ({
  ...besideStable(rollout),
  next: 'warm',
  toRelease: true,
  others: rollout.others.map(besideStable),
});

const besideStable = <Member extends Pick<Rollout, 'warmedBeside' | 'stable'>>(member: Member): Member => ({
  ...member,
  warmedBeside: member.warmedBeside ?? member.stable,
});

/** Where one member leads all of them, after a look at each that has to get ready. The first in this order that any of them comes to holds. */
const forAll: readonly Rollout['next'][] = ['rejected', 'awaitCommit', 'preflight'];

/** How the document goes on after such a look: when the last member is ready, or as soon as one fails. */
export function warmedTogether(rollout: Rollout, looked: readonly Rollout[]): Rollout {
  const decisive =
    forAll.flatMap((where) => looked.find(({ next }) => next === where) ?? [])[0] ?? (looked[0] as Rollout);
  const { next, waitSeconds, reason } = decisive;
  return { ...withMembers(rollout, looked), next, waitSeconds, reason };
}

/**
 * Whether the number has to be asked for although the candidate has one. A request that failed before this rollout is tried once more;
 * this rollout's own request is only waited for.
 */
export const isToBePut = (rollout: Rollout, found: ProvisionedConcurrency): boolean =>
  found.requested !== rollout.provisionedConcurrency || (found.status === 'FAILED' && rollout.warmLooks === 0);

/** How the document goes on after one look at the candidate's provisioned concurrency. */
export function warmed(rollout: Rollout, found: ProvisionedConcurrency, alias: AliasState | null): Rollout {
  const { candidate, provisionedConcurrency: number } = rollout;
  const looks = rollout.warmLooks + 1;
  const looked: Rollout = { ...rollout, warmLooks: looks };
  // A person who gave the first weight by hand has not waited, so the rollout does not wait either.
  if (alias && Object.hasOwn(alias.additionalVersionWeights, candidate)) {
    return towardsTraffic({ ...looked, warmed: true }, true);
  }
  if (found.status === 'READY') {
    const reason = `provisioned concurrency of version ${candidate} is ready (${number})`;
    return { ...looked, warmed: true, next: 'preflight', reason };
  }
  if (found.status === 'FAILED') {
    const why = found.statusReason || 'Lambda gave no reason';
    return {
      ...looked,
      next: 'rejected',
      reason: `provisioned concurrency of version ${candidate} failed: ${why}; no traffic was moved`,
    };
  }
  if (looks >= MOST_WARM_LOOKS) {
    const reason = `provisioned concurrency of version ${candidate} was not ready after ${looks} looks; no traffic was moved`;
    return { ...looked, next: 'rejected', reason };
  }
  return {
    ...looked,
    next: 'awaitCommit',
    waitSeconds: INTERVAL_SECONDS,
    reason: `waiting for the provisioned concurrency of version ${candidate} (${number})`,
  };
}

/**
 * The versions whose provisioned concurrency is released when the rollout is over: those that it knows and the alias does not serve.
 * Another rollout's candidate that has no weight yet is not among them, unless it is one of ours. That rollout then asks for it again
 * when it is promoted ({@link isToBeKeptWarm}).
 */
export function releasable(rollout: Rollout, alias: AliasState | null): readonly string[] {
  const served = alias ? servedBy(alias) : [];
  const known = new Set([rollout.stable, rollout.candidate, rollout.warmedBeside ?? '']);
  return [...known].filter((version) => version !== '' && !served.includes(version));
}

/** Whether the rollout is over and the alias serves its candidate alone: that version is to have the number from now on. */
export const isToBeKeptWarm = (rollout: Rollout, alias: AliasState | null): boolean =>
  rollout.next === 'promoted' && alias?.functionVersion === rollout.candidate && !carriesWeights(alias);
