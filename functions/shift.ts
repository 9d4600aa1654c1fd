import { handOn } from '../lib/aws/events/announce.ts';
import { lambda, notifications } from '../lib/aws/handler/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/handler/entry.ts';
import { moveAlias } from '../lib/aws/lambda/alias.ts';
import { timingOf } from '../lib/aws/sources.ts';
import {
  given,
  moveFor,
  notGiven,
  type ShiftDecision,
  shiftAfterWrite,
  shiftOf,
} from '../lib/rollout/decisions/shift.ts';
import { movedOn } from '../lib/rollout/document/revisions.ts';
import { parseRollout } from '../lib/rollout/document/rollout.ts';

/** Gives the candidate its next weight, or everything: the one handler that raises a weight. */
export const create: HandlerFactory<'lambda' | 'notifications'> = (context) => {
  const { clients, environment, now } = context;
  return async (event) => {
    const rollout = parseRollout(event);
    let decision: ShiftDecision = { kind: 'write' };
    const read: string[] = [];
    const moved = await moveAlias(clients.lambda, rollout, (alias, wrote) => {
      decision = wrote ? shiftAfterWrite(rollout, alias, read) : shiftOf(rollout, alias);
      if (alias) read.push(alias.revisionId);
      return moveFor(rollout, decision);
    });
    const change =
      moved.kind === 'done'
        ? given(
            { ...rollout, revisions: movedOn(rollout.revisions, read, moved.alias?.revisionId ?? '') },
            timingOf(rollout.policy, environment),
            now(),
          )
        : notGiven(rollout, decision, moved.alias, now());
    return handOn(context, change);
  };
};

export const handler = entry(create, { notifications, lambda });
