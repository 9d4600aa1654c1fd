import * as z from 'zod';
import { type AliasName, type Moved, moveAlias } from '../lib/aws/alias.ts';
import { lambda, sfn } from '../lib/aws/clients.ts';
import { entry, type HandlerFactory } from '../lib/aws/entry.ts';
import { type BadEnd, readBadEnds } from '../lib/aws/executions.ts';
import { type AliasState, shareOf } from '../lib/rollout/alias.ts';
import { errorInWords } from '../lib/rollout/caught-error.ts';
import { describeEnd, writerOf } from '../lib/rollout/description.ts';
import {
  alarmTriggerSchema,
  DELIBERATE_SWEEP_SECONDS,
  deliberateEnds,
  type ExecutionEvent,
  executionEventSchema,
  SWEEP_SECONDS,
  sweepTriggerSchema,
} from '../lib/rollout/events.ts';
import { planOf } from '../lib/rollout/plan.ts';
import { policySchema } from '../lib/rollout/policy.ts';
import { type RevertDecision, type RevertEvent, revertByDescription, revertOf } from '../lib/rollout/revert.ts';
import { journal, type Rollout } from '../lib/rollout/rollout.ts';

/**
 * Puts the alias back. Called by the state machine, by the rule on alarms and by the rule on executions that ended badly; for
 * these it reads and writes the alias and nothing else, so it works while everything else is failing. A rule that comes every five
 * minutes has it look for ends whose event was lost, or after which a handler that was still at work wrote late.
 */
export const create: HandlerFactory<'lambda' | 'sfn'> = ({ clients, now }) => {
  return async (event) => {
    const alarm = alarmTriggerSchema.safeParse(event);
    if (alarm.success) {
      const { function: functionName, alias: aliasName, alarm: name, reason, time } = alarm.data;
      const at = Date.parse(time) / 1000;
      return revertOnEvent(
        { functionName, aliasName },
        Number.isFinite(at) ? { at } : {},
        `alarm ${name} went to ALARM${reason && ` (${reason})`}`,
      );
    }
    const sweep = sweepTriggerSchema.safeParse(event);
    if (sweep.success) return revertWhatIsLeft(sweep.data.stateMachineArn);
    const ended = executionEventSchema.safeParse(event);
    if (ended.success) return revertAfterEnd(endIn(ended.data));
    return revertInExecution(event as Rollout);
  };

  async function revertInExecution(rollout: Rollout) {
    const thrown = rollout.error ? errorInWords(rollout.error) : '';
    const told = rollout.reason ?? '';
    const reason = told.includes(thrown) ? told : `${told}; then something failed: ${thrown}`;
    if (!rollout.functionName || !rollout.stable) {
      return { ...rollout, next: 'rejected', reason: `no traffic was moved: ${errorInWords(rollout.error)}` };
    }
    const { moved, decision } = await move(rollout, reason, (alias) => revertOf(rollout, alias));
    return concluded(rollout, moved, decision, reason);
  }

  function concluded(rollout: Rollout, moved: Moved, decision: RevertDecision, reason: string): Rollout {
    const end = (
      next: Rollout['next'],
      event: 'reverted' | 'promoted' | 'superseded',
      weight: number,
      why: string,
    ) => ({
      ...rollout,
      next,
      reason: why,
      journal: journal(rollout, now(), event, weight, why),
    });
    if (moved.wrote || moved.kind === 'done') {
      const given = decision.kind === 'write' ? decision.given : rollout.step >= 0 || wasGiven(rollout, moved.alias);
      return given
        ? end('rolledBack', 'reverted', 0, reason)
        : { ...rollout, next: 'rejected', reason: `no traffic was moved: ${reason}` };
    }
    const gone = `alias ${rollout.aliasName} does not exist any more`;
    const why = `${decision.kind === 'leave' ? decision.why : gone} (${reason})`;
    return decision.kind === 'leave' && decision.found === 'candidate'
      ? end('promoted', 'promoted', 100, why)
      : end('superseded', 'superseded', moved.alias ? shareOf(rollout.candidate, moved.alias) : 0, why);
  }

  async function revertWhatIsLeft(stateMachineArn: string) {
    const found = await readBadEnds(clients.sfn, stateMachineArn, now() - SWEEP_SECONDS);
    const ends = found.filter((end) => !isDeliberate(end) || end.stoppedAt >= now() - DELIBERATE_SWEEP_SECONDS);
    const answers = [];
    for (const end of ends) answers.push(await revertAfterEnd(end));
    const reverted = answers.filter((answer) => answer.reverted);
    return reverted.length > 0
      ? { reverted: true, reason: reverted.map(({ reason }) => reason).join('; ') }
      : left(`no weights were left by ${ends.length} executions that ended badly`);
  }

  async function revertAfterEnd(detail: Omit<BadEnd, 'executionArn'>) {
    const name = aliasIn(detail.input);
    if (!name) return left('the event does not tell which alias the execution shifted');
    // An execution that ended on purpose has left the alias as it was meant to be; only what it wrote itself may not be there.
    const why = [detail.error, detail.cause].filter(Boolean).join(': ');
    return revertOnEvent(
      name,
      { execution: detail.name, planned: isDeliberate(detail) ? [] : name.planned },
      `execution ended as ${detail.status}${why && ` (${why})`}`,
    );
  }

  async function revertOnEvent(name: AliasName, what: RevertEvent, reason: string) {
    const { moved, decision } = await move(name, reason, (alias) => revertByDescription(alias, what));
    if (moved.wrote) return { reverted: true, reason };
    return decision.kind === 'leave' ? left(decision.why) : left('the alias is as it should be');
  }

  async function move(
    name: AliasName,
    reason: string,
    decideOn: (alias: AliasState | null) => RevertDecision,
  ): Promise<{ readonly moved: Moved; readonly decision: RevertDecision }> {
    let decision: RevertDecision | undefined;
    const moved = await moveAlias(clients.lambda, name, (alias) => {
      decision = decideOn(alias);
      if (decision.kind === 'leave') return { kind: decision.found === 'stable' ? 'done' : 'foreign' };
      const { to, candidate, writer } = decision;
      const description = describeEnd({
        did: 'reverted',
        from: candidate,
        to: to.functionVersion,
        reason,
        ...writer,
      });
      return { kind: 'write', to, description };
    });
    return { moved, decision: decision as RevertDecision };
  }
};

export const handler = entry(create, { lambda, sfn });

/** Whether the alias tells that this rollout has had weights on it. */
const wasGiven = (rollout: Rollout, alias: AliasState | null): boolean =>
  alias !== null && writerOf(alias)?.execution === rollout.execution.name;

/** Whether the state machine itself ended the rollout, as it meant to. */
const isDeliberate = ({ error }: Pick<BadEnd, 'error'>): boolean => error !== null && deliberateEnds.includes(error);

const endIn = ({ detail }: ExecutionEvent): BadEnd => ({
  ...detail,
  input: detail.input ?? null,
  error: detail.error ?? null,
  cause: detail.cause ?? null,
});

const left = (reason: string) => ({ reverted: false, reason });

const startInput = z.object({ function: z.string().min(1), alias: z.string().min(1), policy: z.unknown().optional() });

/** The alias that an execution was started for and the weights that it had planned, from the text of its input. */
function aliasIn(input: string | null | undefined): (AliasName & { readonly planned: readonly number[] }) | undefined {
  try {
    const parsed = startInput.safeParse(JSON.parse(input ?? ''));
    if (!parsed.success) return undefined;
    const policy = policySchema.safeParse(parsed.data.policy);
    const planned = policy.success ? planOf(policy.data).steps.map(({ weight }) => weight) : [];
    return { functionName: parsed.data.function, aliasName: parsed.data.alias, planned };
  } catch {
    return undefined;
  }
}
