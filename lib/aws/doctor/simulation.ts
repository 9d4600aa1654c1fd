import {
  type ContextEntry,
  type EvaluationResult,
  type IAMClient,
  paginateSimulatePrincipalPolicy,
} from '@aws-sdk/client-iam';
import { arnBeside } from '../../rollout/contracts/arn.ts';
import { MANAGED_TAG } from '../../rollout/contracts/tags.ts';
import {
  type Allowed,
  type CallingState,
  neededCalls,
  type SimulatedCall,
} from '../../rollout/doctor/controller-checks.ts';
import { isDenied, isNamed } from '../handler/errors.ts';

/** One request asks about so many functions. */
const MOST_RESOURCES = 20;

/** IAM's answers about a controller's roles. */
export interface Simulation {
  /** Every call that the controller has to be allowed on a function. */
  readonly calls: (functionName: string) => readonly SimulatedCall[];
  /** Why IAM could not be asked; empty if it could. */
  readonly why: string;
}

/**
 * Asks IAM whether the controller's roles may make its calls on functions of its own account and region. If IAM cannot be asked, the
 * answers are unknown.
 *
 * @param functions the functions by name, each with the controller that its tag names; null without a tag
 */
export async function simulateRoles(
  iam: IAMClient,
  roles: Partial<Readonly<Record<CallingState, string>>>,
  stateMachineArn: string,
  functions: ReadonlyMap<string, string | null>,
): Promise<Simulation> {
  const arnOf = (name: string) => arnBeside(stateMachineArn, 'lambda', `function:${name}`);
  const byTag = Map.groupBy(functions, ([, managedBy]) => managedBy);
  const groups = [...byTag].map(([managedBy, group]) => ({ managedBy, arns: group.map(([name]) => arnOf(name)) }));
  const answers: { readonly state: CallingState; readonly simulated: Simulated }[] = [];
  let why = '';
  for (const [state, role] of Object.entries(roles) as [CallingState, string][]) {
    try {
      answers.push({ state, simulated: await simulate(iam, role, neededCalls[state], groups) });
    } catch (error) {
      if (!('$metadata' in (error as object))) throw error;
      const gone = isNamed(error, 'NoSuchEntityException', 'NoSuchEntity');
      answers.push({ state, simulated: () => (gone ? 'denied' : 'unknown') });
      if (!gone) why = (error as Error).name;
      if (isDenied(error)) break;
    }
  }
  const calls = (functionName: string): readonly SimulatedCall[] =>
    answers.flatMap(({ state, simulated }) =>
      neededCalls[state].map((action) => ({ state, action, allowed: simulated(action, arnOf(functionName)) })),
    );
  return { calls, why };
}

/** The answers for a role, by action and ARN. */
type Simulated = (action: string, arn: string) => Allowed;

/** Functions that bear the same tag. IAM does not look tags up: it is told. (AWS: SimulatePrincipalPolicy, ContextEntries.) */
interface TagGroup {
  readonly managedBy: string | null;
  readonly arns: readonly string[];
}

/** Asks IAM about one role and each function, by its ARN. */
async function simulate(
  iam: IAMClient,
  roleArn: string,
  actions: readonly string[],
  groups: readonly TagGroup[],
): Promise<Simulated> {
  const told = new Map<string, Allowed>();
  for (const { managedBy, arns, first } of groups.flatMap(inRequests)) {
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: roleArn,
        ActionNames: [...actions],
        ResourceArns: arns.slice(first, first + MOST_RESOURCES),
        ...(managedBy === null ? {} : { ContextEntries: [contextOf(managedBy)] }),
      },
    );
    for await (const { EvaluationResults = [] } of pages) {
      for (const [action, arn, decision] of EvaluationResults.flatMap(decisionsIn)) {
        told.set(`${action} ${arn}`, decision === 'allowed' ? 'allowed' : 'denied');
      }
    }
  }
  return (action, arn) => told.get(`${action} ${arn}`) ?? 'unknown';
}

const inRequests = (group: TagGroup) =>
  Array.from({ length: Math.ceil(group.arns.length / MOST_RESOURCES) }, (_, request) => ({
    ...group,
    first: request * MOST_RESOURCES,
  }));

const contextOf = (managedBy: string): ContextEntry => ({
  ContextKeyName: `aws:ResourceTag/${MANAGED_TAG}`,
  ContextKeyType: 'string',
  ContextKeyValues: [managedBy],
});

/** IAM answers with one result a resource, or with one result that has a further one for each resource. */
function decisionsIn(result: EvaluationResult): readonly (readonly [string, string, string])[] {
  const action = result.EvalActionName ?? '';
  const each = result.ResourceSpecificResults ?? [];
  return each.length === 0
    ? [[action, result.EvalResourceName ?? '', result.EvalDecision ?? '']]
    : each.map(({ EvalResourceName = '', EvalResourceDecision = '' }) => [
        action,
        EvalResourceName,
        EvalResourceDecision,
      ]);
}
