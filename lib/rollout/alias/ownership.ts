import { type AliasState, allTrafficTo, carriesWeights, type Routing } from './alias.ts';
import { describeEnd, markOf, type Owner, ownerOf, showsWeightsOf } from './description.ts';
import { formatTarget } from './format-target.ts';

/**
 * The marks of one resource of a template. An alias bears the one or the other, so it tells by itself what becomes of it when the resource
 * goes. Releases up to 0.1.0 knew `made` alone.
 */
export interface Marks {
  /** On an alias that the resource has made: it is deleted. */
  readonly made: string;
  /** On an alias that was there before: it is given back. */
  readonly adopted: string;
}

/** What to do if the alias already exists. */
export const existingChoices = ['fail', 'adopt', 'takeOver'] as const;
export type Existing = (typeof existingChoices)[number];

/** What a deploy wants of an alias. */
export interface Claim {
  readonly functionName: string;
  readonly aliasName: string;
  /** The state machine that carries out its rollouts. */
  readonly stateMachineArn: string;
  readonly existing: Existing;
  readonly marks: Marks;
  /** The same before an update, as far as it is known; undefined for a new resource. */
  readonly before: Partial<Record<'functionName' | 'aliasName' | 'stateMachineArn', string>> | undefined;
}

/** What a deploy may do with the alias as it was read. */
export type Ownership =
  | { readonly kind: 'own' }
  | { readonly kind: 'make' }
  | { readonly kind: 'adopt' }
  | { readonly kind: 'refuse'; readonly why: string };

/**
 * Whether a resource may have an alias. It owns the one that bears its mark, makes one that does not exist, and adopts one that nobody
 * owns, if the template says so. It takes over one with another owner's mark only if the template says `takeOver`. An alias in the middle
 * of a rollout keeps its owner and its controller: another controller would not carry on the rollout.
 */
export function ownershipOf(alias: AliasState | null, claim: Claim): Ownership {
  const { before, aliasName, existing, marks } = claim;
  const updates = before !== undefined && before.functionName === claim.functionName;
  const mark = alias ? markOf(alias) : undefined;
  const isOwn = mark !== undefined && (mark === marks.made || mark === marks.adopted);
  const rollout = alias ? rolloutOn(alias) : undefined;
  if (updates && rollout && leavesController(claim)) return refuse(ofAnotherController(claim, rollout));
  if (alias && isOwn) return { kind: 'own' };
  if (updates && before.aliasName !== undefined && before.aliasName !== aliasName) {
    return refuse(renamed(before.aliasName, aliasName));
  }
  if (!alias) return updates ? refuse(deletedByHand(claim)) : { kind: 'make' };
  if (mark !== undefined && existing !== 'takeOver') return refuse(ofAnotherOwner(claim, mark));
  // A resource that is updated owned its alias before, even if somebody has rewritten the description since.
  if (mark === undefined && updates) return { kind: 'adopt' };
  if (existing === 'fail') return refuse(exists(claim));
  return rollout ? refuse(midway(claim, rollout)) : { kind: 'adopt' };
}

/** What becomes of an alias whose resource goes. */
export type Farewell =
  | { readonly kind: 'delete' | 'leave' }
  | { readonly kind: 'giveBack'; readonly to: Routing; readonly description: string };

/**
 * What becomes of an alias whose resource is removed: only an alias that the resource itself has made is deleted, and not even that if the
 * template still says that one may have existed before. An alias in the middle of a rollout is given back with all traffic on its stable
 * version, for nobody watches the weights any more.
 */
export function farewellTo(alias: AliasState | null, marks: Marks, existing: Existing): Farewell {
  const mark = alias ? markOf(alias) : undefined;
  if (!alias || (mark !== marks.made && mark !== marks.adopted)) return { kind: 'leave' };
  if (mark === marks.made && existing === 'fail') return { kind: 'delete' };
  const rollout = rolloutOn(alias);
  if (!rollout) return { kind: 'giveBack', to: alias, description: alias.description };
  const { execution, startedAt, candidate: from, stable: to } = rollout;
  const reason = 'its RolloutAlias was removed';
  return {
    kind: 'giveBack',
    to: allTrafficTo(to),
    description: describeEnd({ did: 'reverted', from, to, before: rollout.before, reason, execution, startedAt }),
  };
}

/** The rollout that the alias is in the middle of. */
function rolloutOn(alias: AliasState): Owner | undefined {
  const owner = ownerOf(alias);
  return owner && carriesWeights(alias) && showsWeightsOf(owner, alias) ? owner : undefined;
}

const leavesController = ({ before, stateMachineArn }: Claim): boolean =>
  before?.stateMachineArn !== undefined && before.stateMachineArn !== stateMachineArn;

const refuse = (why: string): Ownership => ({ kind: 'refuse', why });

const inWords = ({ aliasName, functionName }: Claim): string => `alias ${aliasName} of ${functionName}`;

const renamed = (from: string, to: string): string =>
  `an alias cannot be renamed (${from} to ${to}): callers would lose the old name in the same moment; add a second RolloutAlias, move the callers, then remove the first`;

const exists = (claim: Claim): string =>
  `${inWords(claim)} exists already; set existing: 'adopt' to take it over as it is, or choose another name`;

const ofAnotherOwner = (claim: Claim, mark: string): string =>
  `${inWords(claim)} belongs to another stack or resource ([sluice:${mark}] in its description). If that one is gone, or is this one before it was moved or renamed, deploy once with existing: 'takeOver'. Otherwise remove one of the two`;

const deletedByHand = (claim: Claim): string => {
  const { functionName, aliasName } = claim;
  return `${inWords(claim)} was deleted by hand, and its function URL and permissions with it. CloudFormation takes them to be there, so no deploy makes them again by itself. First make the alias at the version that served (sluice history ${formatTarget(claim)}): aws lambda create-alias --function-name ${functionName} --name ${aliasName} --function-version VERSION. Then cdk deploy --revert-drift makes the rest again`;
};

const underWay = ({ candidate, weight, execution }: Owner): string =>
  `execution ${execution} has given ${candidate} ${weight} % of its traffic`;

const remedy = (claim: Claim): string =>
  `Wait until the rollout has ended, or end it with sluice rollback ${formatTarget(claim)}; then deploy again`;

const midway = (claim: Claim, rollout: Owner): string =>
  `${inWords(claim)} cannot change its owner in the middle of a rollout: ${underWay(rollout)}. ${remedy(claim)}`;

const ofAnotherController = (claim: Claim, rollout: Owner): string =>
  `${inWords(claim)} cannot change its controller in the middle of a rollout: ${underWay(rollout)}, and the new controller does not know that execution. ${remedy(claim)}`;
