import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { environmentNameOf, formerEnvironmentNameOf } from '../../branch/branch-name.ts';
import { BRANCH_TAG, branchOfTag, PROTECTED_TAG, SERVICE_TAG } from '../../branch/environment-tags.ts';

/** The environment of a branch: a stack that `BranchStack` made. */
export interface Environment {
  readonly branch: string;
  /** Whether the stack's name follows from its own tags. Tags of the release before lack some characters of a branch. */
  readonly proven: boolean;
  readonly service: string;
  readonly stack: string;
  readonly stackId: string;
  readonly status: string;
  readonly owner: string | null;
  readonly url: string | null;
  readonly createdAt: Date;
  readonly deployedAt: Date;
  /** US dollars a month, as far as prices are known; null if the stack does not say. */
  readonly idleCostPerMonth: number | null;
  /** Whether the environment holds resources whose price is not known. */
  readonly idleCostIsLeast: boolean;
  /** Stays until somebody removes it by name. */
  readonly protected: boolean;
}

/** Every environment of the account and region. Production is not an environment, and neither is a nested stack, which bears its parent's tags. */
export async function readEnvironments(cloudformation: CloudFormationClient): Promise<readonly Environment[]> {
  const found: Environment[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: cloudformation }, {})) {
    found.push(...Stacks.flatMap((stack) => environmentOf(stack) ?? []));
  }
  return found.sort((a, b) => (a.branch < b.branch ? -1 : 1));
}

/** Whether a stack is the environment of a branch: its name tells, also as the release before made it. */
export const isOf = ({ service, stack }: Pick<Environment, 'service' | 'stack'>, branch: string): boolean =>
  branch.trim() !== '' &&
  (stack === `${service}-${environmentNameOf(branch)}` || stack === `${service}-${formerEnvironmentNameOf(branch)}`);

/** The end of the name of any environment, with the hash of this release or of the one before. */
const nameOfAny = /^-[a-z]([a-z0-9]|-(?!-))*-([0-9a-f]{12}|[0-9a-f]{8})$/;

function environmentOf(stack: Stack): Environment | undefined {
  const tags = Object.fromEntries((stack.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  const [tag, service, name = ''] = [tags[BRANCH_TAG], tags[SERVICE_TAG], stack.StackName];
  if (tag === undefined || service === undefined || stack.StackStatus === 'DELETE_COMPLETE') return undefined;
  if (stack.ParentId !== undefined || !name.startsWith(service) || !nameOfAny.test(name.slice(service.length))) {
    return undefined;
  }
  // DescribeStacks answers `?` for characters of outputs beyond ASCII.
  const told = [branchOfTag(tag), tag, outputs['Branch']].filter((branch) => branch !== undefined);
  const proven = told.find((branch) => isOf({ service, stack: name }, branch));
  const createdAt = stack.CreationTime ?? new Date(0);
  const cost = /^([\d.]+)(\+?)$/.exec(outputs['IdleCostPerMonth'] ?? '');
  return {
    branch: proven ?? (told[0] as string),
    proven: proven !== undefined,
    service,
    stack: name,
    stackId: stack.StackId ?? '',
    status: stack.StackStatus ?? '',
    owner: outputs['Owner'] ?? null,
    url: outputs['Url'] ?? null,
    createdAt,
    deployedAt: stack.LastUpdatedTime ?? createdAt,
    idleCostPerMonth: cost ? Number(cost[1]) : null,
    idleCostIsLeast: cost?.[2] === '+',
    protected: tags[PROTECTED_TAG] === 'true',
  };
}

/** Asks CloudFormation to delete an environment, by its stack's id, so that a later stack of the same name is left alone. */
export async function removeEnvironment(cloudformation: CloudFormationClient, { stackId }: Environment): Promise<void> {
  await cloudformation.send(new DeleteStackCommand({ StackName: stackId }));
}
