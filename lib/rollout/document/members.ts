import { allTrafficTo, type Routing, shareOf, split } from '../alias/alias.ts';
import { totalOf } from '../coverage.ts';
import { noCounts } from '../observation.ts';
import { type Measured, memberFields } from './member-fields.ts';
import type { PassedStep } from './record.ts';
import type { Rollout } from './rollout.ts';

type Other = Rollout['others'][number];
type Evidence = NonNullable<Rollout['policy']['evidence']>;
type MemberPart = Pick<Rollout, keyof typeof memberFields>;

/** Whether a rollout shifts one alias alone. */
export const isAlone = ({ others }: Pick<Rollout, 'others'>): boolean => others.length === 0;

/** How many members take part. */
export const sizeOf = ({ others }: Pick<Rollout, 'others'>): number => 1 + others.length;

/**
 * Each member as a rollout of its own, in their order: what decides on one alias decides on a member. A member's policy names the alarms that
 * speak of it. Of the rate at which healthy versions may be taken back each has its part, so that all together keep to it. (Boole's
 * inequality.)
 */
export function membersOf(rollout: Rollout): readonly Rollout[] {
  if (isAlone(rollout)) return [rollout];
  const all: readonly MemberPart[] = [rollout, ...rollout.others];
  const claimed = all.map(({ ownAlarms }) => new Set(ownAlarms));
  return all.map((part, index) => {
    const ofOthers = new Set(claimed.flatMap((own, other) => (other === index ? [] : [...own])));
    return {
      ...rollout,
      ...(index === 0 ? {} : asFirst(rollout, part as Other)),
      policy: policyOf(rollout, ofOthers),
      others: [],
    };
  });
}

function policyOf({ policy, others }: Rollout, ofOthers: ReadonlySet<number>): Rollout['policy'] {
  const { evidence, adaptive } = policy;
  const size = 1 + others.length;
  return {
    ...policy,
    ...(adaptive ? { adaptive: { ...adaptive, failureBudget: adaptive.failureBudget / size } } : {}),
    alarms: policy.alarms.filter((_, place) => !ofOthers.has(place)),
    ...(evidence ? { evidence: { ...evidence, ...shareOfEvidence(evidence, size) } } : {}),
  };
}

/** What all members share, divided among them. */
const shareOfEvidence = ({ falseRollbackRate, maximumGigabytesScanned }: Evidence, size: number) => ({
  falseRollbackRate: falseRollbackRate / size,
  maximumGigabytesScanned: maximumGigabytesScanned / size,
});

function asFirst(rollout: Rollout, other: Other): Partial<Rollout> {
  return { ...partOf(other), wanted: wantedBy(other, rollout), passed: passedBy(other, rollout) };
}

/** What the next step gives a member, by what it gives the first one. */
function wantedBy({ stable, candidate }: Other, first: Pick<Rollout, 'candidate' | 'wanted'>): Routing {
  if (first.wanted.functionVersion === first.candidate) return allTrafficTo(candidate);
  return split(stable, candidate, shareOf(first.candidate, first.wanted));
}

const noneMeasured: Measured = { requests: noCounts, countedSeconds: 0 };

/** A member's steps that are over: all have the moments of the first member's, and the sums stand at the last two of them. */
function passedBy({ earlier, last }: Other, { passed }: Rollout): readonly PassedStep[] {
  return passed.map((step, index) => {
    const left = passed.length - 1 - index;
    const { requests, countedSeconds } = (left === 0 ? last : left === 1 ? earlier : null) ?? noneMeasured;
    return { ...step, requests, countedSeconds };
  });
}

/** The part of a rollout that its first member has of its own. */
function partOf(rollout: MemberPart): MemberPart {
  const keys = Object.keys(memberFields) as (keyof MemberPart)[];
  return Object.fromEntries(keys.map((key) => [key, rollout[key]])) as unknown as MemberPart;
}

/**
 * The rollout with its members as they are after something was done to each, in their order; all else is as in `rollout`. A member that is
 * not among them takes no part any more.
 *
 * @param members at least one, as {@link membersOf} has made them
 */
export function withMembers(rollout: Rollout, members: readonly Rollout[]): Rollout {
  const [first, ...others] = members as readonly [Rollout, ...Rollout[]];
  const sums = new Map(
    rollout.others.map(({ functionName, aliasName, earlier, last }) => [
      JSON.stringify([functionName, aliasName]),
      { earlier, last },
    ]),
  );
  return {
    ...rollout,
    ...partOf(first),
    others: others.map((member) => {
      const { earlier = null, last = null } = sums.get(JSON.stringify([member.functionName, member.aliasName])) ?? {};
      return { ...partOf(member), earlier, last };
    }),
  };
}

/** The sums of a member after one more step is over. */
export function withStepOver({ earlier, last, current, countedSeconds }: Other): Pick<Other, 'earlier' | 'last'> {
  const over: Measured = { requests: current, countedSeconds };
  if (!last) return { earlier, last: over };
  return countedSeconds > 0 ? { earlier: sumOf(earlier, last), last: over } : { earlier: sumOf(earlier, over), last };
}

const sumOf = (a: Measured | null, b: Measured): Measured => ({
  requests: totalOf([...(a ? [a.requests] : []), b.requests]),
  countedSeconds: (a?.countedSeconds ?? 0) + b.countedSeconds,
});
