import * as z from 'zod';
import { formatTarget } from '../../rollout/alias/format-target.ts';
import { stateMachineArnSchema } from '../../rollout/contracts/events.ts';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { type RollbackInput, rollbackInputSchema } from '../../rollout/decisions/rollback.ts';
import { functionNameOf } from '../../rollout/document/start.ts';
import type { Clients } from '../handler/clients.ts';
import type { AliasName } from '../lambda/alias.ts';
import { runningRollout } from '../lambda/rollback-alias.ts';
import { type Companion, leadOf, rollbackTogether } from '../lambda/rollback-together.ts';
import { readGroups } from '../stack/group-registrations.ts';
import { executionArnOf, readRollout, readRollouts } from './executions.ts';
import { endWait } from './history.ts';
import type { RevertClients } from './revert-on-event.ts';

/** A rollback as a person asks for it, and the controller that is asked. The state machine adds where to go on. */
const triggerSchema = rollbackInputSchema.extend({
  stateMachineArn: stateMachineArnSchema,
  next: z.string().optional(),
});

/** A member of a group that was put back with the alias that was asked for. */
export interface MemberPutBack {
  readonly function: string;
  readonly alias: string;
  readonly from: string;
  readonly to: string;
}

/** The answer to the request, and where the state machine goes. */
export interface RollbackAnswer {
  readonly next: 'rolledBackByHand' | 'rejected';
  readonly reason: string;
  readonly function?: string;
  readonly alias?: string;
  readonly from?: string;
  readonly to?: string;
  /** The other members of the rollout; left out if the alias was shifted alone. */
  readonly members?: readonly MemberPutBack[];
}

/** The clients that a rollback takes: Systems Manager knows the members of a group. */
export type RollbackClients = RevertClients & Pick<Clients, 'ssm'>;

/**
 * Rolls an alias back because a person asked the controller to: as an execution with the operation `rollback`, or through
 * Systems Manager. The other members of its rollout go back with it. A request that cannot be carried out is answered as `rejected`, with
 * the remedy.
 */
export async function handleRollbackRequest(clients: RollbackClients, event: unknown): Promise<RollbackAnswer> {
  const parsed = triggerSchema.safeParse(event, { reportInput: true });
  if (!parsed.success) return rejected(`the input is refused: ${refusalInWords(parsed.error)}`);
  const asked = parsed.data;
  const found = await nameOf(clients, asked);
  if (typeof found === 'string') return rejected(found);
  const { lead: done, companions } = await rollbackTogether(clients.lambda, found, asked, {
    underWay: () => runningRollout(clients.sfn, asked.stateMachineArn, found),
    membersOf: (execution) => membersOf(clients, executionArnOf(asked.stateMachineArn, execution)),
  });
  const members = companions.flatMap(putBack);
  const told = {
    function: functionNameOf(found.functionName),
    alias: found.aliasName,
    ...(members.length > 0 ? { members } : {}),
  };
  if (done.kind === 'notStarted') {
    const { name, candidate } = done.rollout;
    const why = `execution ${name} is about to shift the alias to ${candidate} and has moved no traffic yet`;
    return { ...rejected(`${why}: stop it, or name the version to go back to`), ...told };
  }
  const also = members.map((each) => `, ${each.function}:${each.alias} from ${each.from} to ${each.to}`).join('');
  if (done.kind !== 'written') {
    const next = done.kind === 'done' ? 'rolledBackByHand' : 'rejected';
    return { next, reason: `${done.why}${also && `; other members were put back${also}`}`, ...told };
  }
  if (done.execution) {
    await endWait(clients.sfn, executionArnOf(asked.stateMachineArn, done.execution), asked.reason);
  }
  return {
    next: 'rolledBackByHand',
    reason: `the alias was put back from ${done.from} to ${done.to}${also}: ${asked.reason}${done.notServing ? `. But ${done.notServing}` : ''}`,
    ...told,
    from: done.from,
    to: done.to,
  };
}

const putBack = ({ name, done }: Companion): readonly MemberPutBack[] =>
  done.kind === 'written'
    ? [{ function: functionNameOf(name.functionName), alias: name.aliasName, from: done.from, to: done.to }]
    : [];

/** The members of a rollout by its execution. One that cannot be read has none: its own looks put the others back while it runs. */
async function membersOf({ sfn }: RollbackClients, executionArn: string): Promise<readonly AliasName[]> {
  try {
    return (await readRollout(sfn, { executionArn }))?.members ?? [];
  } catch (error) {
    console.warn(`the members of the rollout could not be read: ${(error as Error).name}`);
    return [];
  }
}

/** The alias that is meant; or why that is not known. */
async function nameOf(clients: RollbackClients, asked: RollbackInput & Controller): Promise<AliasName | string> {
  if (asked.group !== undefined) {
    if (asked.function !== undefined || asked.alias !== undefined || asked.version !== undefined) {
      return 'group: expected neither "function" nor "alias" nor "version" beside it';
    }
    return (await leadOfGroup(clients, asked, asked.group)) ?? `there is no group ${asked.group} of this controller`;
  }
  const named = nameIn(asked);
  if (named !== undefined) return named;
  const found = await nameInExecutions(clients, asked);
  if (typeof found !== 'string' || asked.alias === undefined) return found;
  return (await leadOfGroup(clients, asked, asked.alias)) ?? found;
}

/** The controller that is asked. */
interface Controller {
  readonly stateMachineArn: string;
}

async function leadOfGroup(
  { lambda, ssm }: RollbackClients,
  { stateMachineArn }: Controller,
  name: string,
): Promise<AliasName | undefined> {
  const group = (await readGroups(ssm)).get(name);
  if (group?.stateMachineArn !== stateMachineArn) return undefined;
  return leadOf(
    lambda,
    group.members.map((member) => ({ functionName: member.function, aliasName: member.alias })),
  );
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
      const meant = rollout.members.filter((each) => matches(each, asked));
      // A request that names nothing means a rollout as a whole.
      const isNamed = asked.function !== undefined || asked.alias !== undefined;
      for (const member of isNamed ? meant : meant.slice(0, 1)) names.set(formatTarget(member), member);
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
