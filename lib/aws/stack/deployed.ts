import { createHash } from 'node:crypto';
import { type PolicyProperties, policyIn } from '../../rollout/contracts/custom-resource.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { fromTemplate } from '../../rollout/contracts/template-values.ts';
import type { StartInput } from '../../rollout/document/start.ts';
import { type Policy, policySchema } from '../../rollout/policy/policy.ts';
import { serviceOf, stateInWords } from '../../rollout/version-state.ts';
import type { Clients } from '../handler/clients.ts';
import { readVersion } from '../lambda/functions.ts';
import { type CustomResourceEvent, TERRAFORM } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';

/** @throws DeployRefused if the version does not exist, or can serve nothing */
export async function checkVersion(
  lambda: Clients['lambda'],
  { FunctionName, Version }: { readonly FunctionName: string; readonly Version: string },
): Promise<void> {
  const version = await readVersion(lambda, FunctionName, Version);
  if (!version) throw new DeployRefused(`version ${Version} of ${FunctionName} does not exist`);
  // A version that is being created, or that sleeps, is waited for by its rollout.
  if (serviceOf(version.state) === 'never') {
    throw new DeployRefused(`${stateInWords(Version, version)}: ${FunctionName} cannot be served by it`);
  }
}

/** The policy in the properties of a resource. @throws DeployRefused if it is none */
export function policyOf(properties: PolicyProperties): Policy {
  const parsed = policySchema.safeParse(fromTemplate(policySchema, policyOrRefused(properties)), { reportInput: true });
  if (!parsed.success) throw new DeployRefused(`the policy is refused: ${refusalInWords(parsed.error)}`);
  return parsed.data;
}

/**
 * The policy of a template whose controller may read no logs: it does not know whose they are.
 *
 * @throws DeployRefused if it is none, or counts by the log
 */
export function policyWithoutLogs(properties: PolicyProperties): Policy {
  const policy = policyOf(properties);
  if (policy.evidence?.counts !== 'logs') return policy;
  throw new DeployRefused(
    'the policy is refused: evidence.counts: expected "metrics", found "logs": a standalone controller may read no logs of functions; use a RolloutAlias, whose controller may',
  );
}

function policyOrRefused(properties: PolicyProperties): unknown {
  try {
    return policyIn(properties);
  } catch {
    const found = String(properties.Policy).slice(0, 60);
    throw new DeployRefused(`the policy is refused: expected JSON, found ${found}`);
  }
}

/** Who started a rollout that a deploy has started. */
export const starterOf = ({ StackId }: CustomResourceEvent): string =>
  StackId === TERRAFORM ? StackId : `the deploy of stack ${StackId.split('/')[1] ?? StackId}`;

/** The name of an execution has so many characters. (AWS: StartExecution.) */
const LONGEST_NAME = 80;

/**
 * A repeated request starts one execution. What has started with another input has another name, and is not taken for it.
 *
 * @param what the version or the group that is deployed
 */
export function executionName({ RequestId }: CustomResourceEvent, what: string, input: StartInput): string {
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex').slice(0, 8);
  const end = `-${RequestId.slice(0, 50)}-${hash}`;
  return `${`deploy-${what}`.slice(0, LONGEST_NAME - end.length)}${end}`;
}
