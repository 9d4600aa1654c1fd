import { type EvaluationResult, type IAMClient, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import type { Allowed } from '../../rollout/doctor/controller-checks.ts';

/** So many functions are asked about in one request. */
const MOST_RESOURCES = 20;

/** What a role may do, by action and ARN. */
export type Simulated = (action: string, arn: string) => Allowed;

/** Asks IAM what a role may do on each function, by its ARN. */
export async function simulate(
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
