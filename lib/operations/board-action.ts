import type { AskedAction } from '../rollout/contracts/widget.ts';
import { advance } from './advance.ts';
import type { AliasRequest } from './alias-request.ts';
import { approve, reject } from './approve.ts';
import type { OperationClients } from './clients.ts';
import { MovedOn } from './errors.ts';
import { type ExpectedPlace, refuseElsewhere } from './expected-place.ts';
import { hold, resume } from './hold.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';

/** An action that somebody asked for who saw a rollout at one place. */
export interface BoardActionRequest extends AskedAction {
  readonly target: AliasRequest;
  /** What they said; empty if nothing. */
  readonly comment: string;
}

/**
 * Carries out the action of a button, and tells what was done in words. Whoever saw the rollout at another place than it has come to is
 * refused. A rollback is asked for the rollout and not for its step: it is wanted all the more if the weight has grown since.
 *
 * @throws MovedOn if the rollout is not there any more
 * @throws Refused if the action is refused for another reason
 */
export async function carryOut(
  { target, comment, do: action, ...ifAt }: BoardActionRequest,
  clients: OperationClients,
): Promise<string> {
  const said = comment === '' ? {} : { comment };
  switch (action) {
    case 'approve': {
      const { weight, candidate } = await approve({ ...target, ...said, ifAt }, clients);
      return `Approved: ${candidate} gets ${weight} % once alarms, hold and alias are looked at again.`;
    }
    case 'reject': {
      const { stable } = await reject({ ...target, ...said, ifAt }, clients);
      return `Rejected: the traffic goes back to ${stable ?? 'the version before'}.`;
    }
    case 'advance': {
      const { to, candidate, promoted } = await advance({ ...target, ifAt }, clients);
      return promoted ? `${candidate} is promoted.` : `${candidate} has ${to} % of the traffic.`;
    }
    case 'rollback':
      return rollBack(target, ifAt, comment, clients);
    case 'hold':
      return `Held: the rollout stays where it is from its next look on. Alarms still revert. (${await forEachFunction(
        target,
        ifAt,
        clients,
        (each) => hold({ function: each, ...(comment ? { reason: comment } : {}) }, clients),
      )})`;
    case 'resume':
      return `Resumed: the rollout goes on from its next look on. (${await forEachFunction(
        target,
        ifAt,
        clients,
        (each) => resume({ function: each }, clients),
      )})`;
  }
}

/** Does something with each function of a rollout that is where it was seen, and names them. */
async function forEachFunction(
  target: AliasRequest,
  ifAt: ExpectedPlace,
  clients: OperationClients,
  work: (functionName: string) => Promise<unknown>,
): Promise<string> {
  const record = await status(target, clients);
  refuseElsewhere(record, ifAt);
  if (record.state !== 'running')
    throw new MovedOn(`${record.execution} has ended as ${record.state}; nothing was done`);
  const names = [...new Set((record.members ?? [record]).map((member) => member.function))];
  for (const each of names) await work(each);
  return names.join(', ');
}

/** A rollout that is under way or was promoted is taken back; what has ended otherwise gets no traffic already. */
async function rollBack(
  target: AliasRequest,
  { execution }: ExpectedPlace,
  comment: string,
  clients: OperationClients,
): Promise<string> {
  const { execution: newest, state, step } = await status(target, clients);
  if (newest !== execution) throw new MovedOn(`expected ${execution}, found ${newest}; nothing was done`);
  if (state !== 'running' && state !== 'promoted') {
    throw new MovedOn(`${execution} has ended as ${state}; nothing was done`);
  }
  const hasTraffic = step !== null && step.number > 0;
  const done = await rollback(
    { ...target, ...(hasTraffic ? { execution } : {}), ...(comment ? { reason: comment } : {}) },
    clients,
  );
  switch (done.action) {
    case 'rolledBack':
      return `Rolled back: ${done.to} serves all traffic again.`;
    case 'stopped':
      return `Stopped: ${done.candidate} gets no traffic.`;
    case 'nothing':
      return `Nothing was done: ${done.reason}.`;
  }
}
