import * as z from 'zod';
import { formatTarget } from '../../rollout/alias/format-target.ts';
import { stateMachineArnSchema } from '../../rollout/contracts/events.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { type RollbackInput, rollbackInputSchema } from '../../rollout/decisions/rollback.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import type { AliasName } from '../lambda/alias.ts';
import { rollbackAlias, runningRollout } from '../lambda/rollback-alias.ts';
import { executionArnOf, readRollouts } from './executions.ts';
import { endWait } from './history.ts';
import type { RevertClients } from './revert-on-event.ts';

/** A rollback as a person asks for it, and the controller that is asked. The state machine adds where to go on. */
const triggerSchema = rollbackInputSchema.extend({
  stateMachineArn: stateMachineArnSchema,
  next: z.string().optional(),
});

/** The answer to the request, and where the state machine goes. */
export interface RollbackAnswer {
  readonly next: 'rolledBackByHand' | 'rejected';
  readonly reason: string;
  readonly function?: string;
  readonly alias?: string;
  readonly from?: string;
  readonly to?: string;
}

/**
 * Rolls an alias back because a person asked the controller to: as an execution with the operation `rollback`, or through
 * Systems Manager. A request that cannot be carried out is answered as `rejected`, with the remedy.
 */
export async function handleRollbackRequest(clients: RevertClients, event: unknown): Promise<RollbackAnswer> {
  const parsed = triggerSchema.safeParse(event, { reportInput: true });
  if (!parsed.success) return rejected(`the input is refused: ${refusalInWords(parsed.error)}`);
  const asked = parsed.data;
  const found = nameIn(asked) ?? (await nameInExecutions(clients, asked));
  if (typeof found === 'string') return rejected(found);
  const done = await rollbackAlias(clients.lambda, found, asked, () =>
    runningRollout(clients.sfn, asked.stateMachineArn, found),
  );
  const told = { function: functionNameOf(found.functionName), alias: found.aliasName };
  if (done.kind === 'notStarted') {
    const { name, candidate } = done.rollout;
    const why = `execution ${name} is about to shift the alias to ${candidate} and has moved no traffic yet`;
    return { ...rejected(`${why}: stop it, or name the version to go back to`), ...told };
  }
  if (done.kind !== 'written')
    return { next: done.kind === 'done' ? 'rolledBackByHand' : 'rejected', reason: done.why, ...told };
  if (done.execution) {
    await endWait(clients.sfn, executionArnOf(asked.stateMachineArn, done.execution), asked.reason);
  }
  return {
    next: 'rolledBackByHand',
    reason: `the alias was put back from ${done.from} to ${done.to}: ${asked.reason}${done.notServing ? `. But ${done.notServing}` : ''}`,
    ...told,
    from: done.from,
    to: done.to,
  };
}

function nameIn({ function: functionName, alias }: RollbackInput): AliasName | string | undefined {
  const parts = alias?.split(':') ?? [];
  const aliasName = parts.at(-1);
  const named = parts.slice(0, -1).join(':') || undefined;
  if (named && functionName && functionNameOf(named) !== functionNameOf(functionName)) {
    return `function: expected ${named}, which "alias" names, found ${functionName}`;
  }
  const whose = functionName ?? named;
  return whose && aliasName ? { functionName: whose, aliasName } : undefined;
}

/** So many of the newest executions are looked at for which alias may be meant. */
const MOST_LOOKED_AT = 25;

/** The alias that an incomplete request means: that of the only rollout under way, or the only one there is. */
async function nameInExecutions(
  { sfn }: RevertClients,
  asked: z.output<typeof triggerSchema>,
): Promise<AliasName | string> {
  for (const status of ['RUNNING', undefined] as const) {
    const names = new Map<string, AliasName>();
    let looked = 0;
    for await (const rollout of readRollouts(sfn, asked.stateMachineArn, status ? { status } : {})) {
      for (const member of rollout.members) if (matches(member, asked)) names.set(formatTarget(member), member);
      if (++looked === MOST_LOOKED_AT) break;
    }
    const [only, ...others] = names.values();
    if (only && others.length === 0) return { functionName: only.functionName, aliasName: only.aliasName };
    if (only)
      return `which alias is meant? expected "function" and "alias", for example of one of: ${[...names.keys()].join(', ')}`;
  }
  return 'which alias is meant? expected "function" and "alias": this state machine has shifted none lately';
}

const matches = (rollout: AliasName, { function: functionName, alias }: RollbackInput): boolean =>
  (functionName === undefined || functionNameOf(functionName) === rollout.functionName) &&
  (alias === undefined || alias === rollout.aliasName);

const rejected = (reason: string): RollbackAnswer => ({ next: 'rejected', reason });
