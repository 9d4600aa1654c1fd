import { allTrafficTo } from '../alias/alias.ts';
import { noTrial } from '../evidence/trial-of-rollout.ts';
import { noCounts } from '../observation.ts';
import { planOf } from '../policy/plan.ts';
import type { Policy } from '../policy/policy.ts';
import { noRevisions } from './revisions.ts';
import type { Rollout } from './rollout.ts';
import type { RequestedMember, StartRequest } from './start.ts';

/**
 * The document before anything was looked at. `startedAt` is in seconds since 1970.
 *
 * @param request whose policy names every alarm, also those of one member alone
 * @param definition the number of the state machine's definition that the execution runs by
 */
export function newRollout(
  request: StartRequest & { readonly policy: Policy },
  execution: { readonly id: string; readonly name: string; readonly startedAt: number },
  definition = 1,
): Rollout {
  const { group, policy, stack, startedBy } = request;
  const [first, ...others] = request.members.map((member) => memberOf(member, policy.alarms));
  return {
    schema: 1,
    execution,
    ...(first as ReturnType<typeof memberOf>),
    group,
    others: others.map((other) => ({ ...other, earlier: null, last: null })),
    leftOut: [],
    leftTo: [],
    stack,
    committed: false,
    tried: false,
    agreed: false,
    definition,
    toRelease: false,
    startedBy,
    joined: null,
    settlingSince: null,
    policy,
    plan: planOf(policy).steps,
    step: -1,
    wanted: allTrafficTo(''),
    shiftedAt: execution.startedAt,
    held: null,
    approval: 'none',
    answer: null,
    ignoredAlarms: [],
    firedBefore: [],
    remarks: [],
    passed: [],
    observations: 0,
    preflights: 0,
    next: 'preflight',
    waitSeconds: 0,
    approvalSeconds: policy.approvalTimeoutSeconds,
    reason: 'not started yet',
    error: null,
    notes: [],
    journal: [],
    approvals: [],
    report: null,
  };
}

const memberOf = (member: RequestedMember, alarms: readonly string[]) => ({
  functionName: member.function,
  aliasName: member.alias,
  stable: '',
  candidate: member.version,
  before: null,
  ownAlarms: member.alarms.map((name) => alarms.indexOf(name)),
  provisionedConcurrency: member.provisionedConcurrency ?? null,
  warmed: false,
  warmLooks: 0,
  warmedBeside: null,
  pendingLooks: 0,
  seen: allTrafficTo(''),
  found: false,
  revisions: noRevisions,
  current: noCounts,
  countedSeconds: 0,
  trial: noTrial,
  history: null,
  sizes: null,
  logs: null,
});
