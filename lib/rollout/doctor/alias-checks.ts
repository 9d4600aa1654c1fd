import { carriesWeights, routingInWords, servedBy } from '../alias/alias.ts';
import { markOf, ownerOf, showsWeightsOf } from '../alias/description.ts';
import type { NamedAlias } from '../decisions/prune.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** What is known of an alias and its weights. */
export interface AliasFacts {
  readonly functionName: string;
  readonly aliasName: string;
  /** Null if it does not exist. */
  readonly alias: NamedAlias | null;
  /** The status of the execution that the alias names as the owner of its weights; null if it names none, or none is found. */
  readonly ownerStatus: string | null;
}

/** Whether the alias exists, whose it is, and whether somebody answers for its weights. */
export function aliasChecks({ functionName, aliasName, alias, ownerStatus }: AliasFacts): readonly Check[] {
  if (!alias) {
    return [
      problem(
        'alias',
        `alias ${aliasName} of ${functionName} does not exist`,
        'deploy the stack of its RolloutAlias again, or delete the parameter that names it',
      ),
    ];
  }
  const mark = markOf(alias);
  return [
    ok('alias', `serves ${routingInWords(alias)}`),
    mark
      ? ok('owner', `a deployed RolloutAlias, by the mark ${mark} in its description`)
      : warning(
          'owner',
          'its description bears no mark, so no RolloutAlias owns it',
          "deploy its RolloutAlias with existing: 'adopt'",
        ),
    weightsCheck(functionName, alias, ownerStatus),
  ];
}

function weightsCheck(functionName: string, alias: NamedAlias, ownerStatus: string | null): Check {
  if (!carriesWeights(alias)) return ok('weights', 'none: one version serves alone');
  const owner = ownerOf(alias);
  const back = `sluice rollback ${functionName}:${alias.name} gives ${alias.functionVersion} everything`;
  if (!owner || !showsWeightsOf(owner, alias)) {
    return problem('weights', `no rollout wrote them (${routingInWords(alias)}); the next one is refused`, back);
  }
  return ownerStatus === 'RUNNING'
    ? ok('weights', `of execution ${owner.execution}, which is under way`)
    : problem(
        'weights',
        `left by execution ${owner.execution}, which is not under way (${ownerStatus ?? 'it cannot be found'})`,
        back,
      );
}

/** What is known of provisioned concurrency, by qualifier. */
export interface ProvisionedFacts {
  readonly functionName: string;
  readonly aliasName: string;
  readonly aliases: readonly NamedAlias[];
  readonly provisioned: ReadonlyMap<string, number>;
  /** The versions that rollouts under way come from or go to. */
  readonly rolling: readonly string[];
}

/** Lambda puts no weights on an alias with provisioned concurrency; and what a stopped execution left on versions costs on. */
export function provisionedChecks(facts: ProvisionedFacts): readonly Check[] {
  const { functionName, aliasName, provisioned } = facts;
  const onAlias = provisioned.get(aliasName);
  const needed = new Set([...facts.aliases.flatMap(servedBy), ...facts.rolling]);
  const idle = idleIn(provisioned).filter((version) => !needed.has(version));
  const remove = (qualifier: string) =>
    `aws lambda delete-provisioned-concurrency-config --function-name ${functionName} --qualifier ${qualifier}`;
  return [
    onAlias === undefined
      ? ok('provisioned concurrency', 'none on the alias')
      : problem(
          'provisioned concurrency',
          `${onAlias} on the alias itself: Lambda puts no weights on it, so the next rollout is refused`,
          `ask for it on versions (provisionedConcurrency of the RolloutAlias), then: ${remove(aliasName)}`,
        ),
    idle.length === 0
      ? ok('idle provisioned concurrency', 'no version has it that no alias serves')
      : warning(
          'idle provisioned concurrency',
          `costs on without use: ${idle.map((version) => `${provisioned.get(version)} on version ${version}`).join(', ')}, which no alias serves`,
          idle.map(remove).join('; '),
        ),
  ];
}

/** Versions with provisioned concurrency; those that no alias serves are wanted only by a rollout that warms them. */
export const idleIn = (provisioned: ReadonlyMap<string, number>): readonly string[] =>
  [...provisioned.keys()].filter((qualifier) => /^\d+$/.test(qualifier));
