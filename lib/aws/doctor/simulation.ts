import { type EvaluationResult, type IAMClient, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import {
  type Allowed,
  type CallingState,
  neededCalls,
  type SimulatedCall,
} from '../../rollout/doctor/controller-checks.ts';
import { isDenied, isNamed } from '../handler/errors.ts';

/** So many functions are asked about in one request. */
const MOST_RESOURCES = 20;

/** What IAM says of a controller's roles. */
export interface Simulation {
  /** Every call that the controller has to be allowed on a function. */
  readonly calls: (functionName: string) => readonly SimulatedCall[];
  /** Why IAM could not be asked; empty where it could. */
  readonly why: string;
}

/**
 * Asks IAM what the controller's roles may do on functions of its own account and region. That it cannot be asked is an answer,
 * too.
 */
export async function simulateRoles(
  iam: IAMClient,
  roles: Partial<Readonly<Record<CallingState, string>>>,
  stateMachineArn: string,
  functionNames: readonly string[],
): Promise<Simulation> {
  const [, partition, , region, account] = stateMachineArn.split(':');
  const arnOf = (name: string) => `arn:${partition}:lambda:${region}:${account}:function:${name}`;
  const arns = [...new Set(functionNames.map(arnOf))];
  const answers: { readonly state: CallingState; readonly simulated: Simulated }[] = [];
  let why = '';
  for (const [state, role] of Object.entries(roles) as [CallingState, string][]) {
    try {
      answers.push({ state, simulated: await simulate(iam, role, neededCalls[state], arns) });
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

/** What a role may do, by action and ARN. */
type Simulated = (action: string, arn: string) => Allowed;

/** Asks IAM what a role may do on each function, by its ARN. */
async function simulate(
  iam: IAMClient,
  roleArn: string,
  actions: readonly string[],
  arns: readonly string[],
): Promise<Simulated> {
  const told = new Map<string, Allowed>();
  for (let first = 0; first < arns.length; first += MOST_RESOURCES) {
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: roleArn,
        ActionNames: [...actions],
        ResourceArns: arns.slice(first, first + MOST_RESOURCES),
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

/** IAM tells of each resource by itself, or of all in one result with one more for each. */
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
