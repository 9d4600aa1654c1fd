import { carriesWeights, shareOf } from '../../../rollout/alias/alias.ts';
import { endOf, markOf, writerOf } from '../../../rollout/alias/description.ts';
import { outcomeOfError } from '../../../rollout/contracts/ends.ts';
import { EPOCH } from '../../simulation/virtual-time.ts';
import type { ObservedRollout } from '../observed-rollout.ts';
import type { ObservedRun } from '../observed-run.ts';
import type { Finding, Invariant, Write } from './invariant.ts';

/** A description tells the second in which an execution started. */
const ROUNDED_SECONDS = 1.5;

/** A change for which nobody could be told: whoever listens must do without if the bus fails. */
const busFailed = (run: ObservedRun): boolean => run.disturbedAt.has('events:PutEvents');

export const account: Invariant = {
  statement:
    "every write names its rollout and keeps the owner's mark; every end is told by the alias, by an event and by a report",
  checker: (run) => {
    const told = new Set<string>();
    return {
      answer: ({ answer: { call, input } }) => {
        if (call !== 'events:PutEvents') return undefined;
        const { Entries = [] } = input as { Entries?: readonly { Detail?: string }[] };
        for (const { Detail = '{}' } of Entries) told.add(toldBy(JSON.parse(Detail)));
        return undefined;
      },
      write: (write) => withoutMark(write) ?? withoutWriter(write) ?? withoutEnd(write),
      end: ({ rollout, end }) => {
        if (!rollout.hasWritten || !rollout.endedDeliberately || rollout.stopped) return undefined;
        const outcome = end.status === 'SUCCEEDED' ? 'promoted' : outcomeOfError(end.error);
        const reported = reportIn(end.status === 'SUCCEEDED' ? end.output : rollout.document);
        if (outcome === reported) return undefined;
        return `${rollout.name} ended as ${outcome}, and its report says ${reported}`;
      },
      rest: () => {
        const untold = run.rollouts.find((rollout) => isOwnEnd(rollout) && !told.has(endOfRollout(rollout)));
        return untold && !busFailed(run) ? `no event told how ${untold.name} ended` : undefined;
      },
    };
  },
};

function withoutMark({ before, after, wrote }: Write): Finding {
  const mark = markOf(before);
  return mark !== undefined && markOf(after) !== mark ? `${wrote} without the mark of its owner` : undefined;
}

function withoutWriter({ rollout, after, moved, wrote }: Write): Finding {
  if (!moved) return undefined;
  const writer = writerOf(after);
  const startedAt = (writer?.startedAt ?? 0) - EPOCH / 1000;
  if (writer?.execution === rollout.name && Math.abs(startedAt - rollout.startedAt) < ROUNDED_SECONDS) return undefined;
  return `${wrote}, and says that ${writer ? `${writer.execution} of ${startedAt} s` : 'nobody'} wrote it`;
}

function withoutEnd({ rollout, before, after, moved, wrote }: Write): Finding {
  if (!moved || carriesWeights(after) || rollout.stable === null) return undefined;
  const { stable, candidate } = rollout;
  const promotes = after.functionVersion === candidate && before.functionVersion !== candidate;
  const reverts = after.functionVersion === stable && shareOf(candidate, before) > 0;
  if (!promotes && !reverts) return undefined;
  const [did, from, to] = promotes ? ['promoted', stable, candidate] : ['reverted', candidate, stable];
  const end = endOf(after);
  if (end && end.did === did && end.from === from && end.to === to) return undefined;
  return `${wrote}, and tells "${after.description}"`;
}

/** Whether a rollout ended by itself after it had given traffic. */
const isOwnEnd = (rollout: ObservedRollout): boolean =>
  rollout.hasWritten && rollout.endedDeliberately && !rollout.stopped;

const endOfRollout = ({ name, end }: ObservedRollout): string =>
  `${name} ${end?.status === 'SUCCEEDED' ? 'promoted' : outcomeOfError(end?.error ?? null)}`;

/** The name of the execution and the outcome in an event; reverted is how the event calls a rollout that was rolled back. */
function toldBy({ execution = '', event }: { readonly execution?: string; readonly event?: string }): string {
  return `${execution.split(':').at(-1)} ${event === 'reverted' ? 'rolledBack' : event}`;
}

const reportIn = (document: unknown): unknown =>
  (document as { report?: { outcome?: unknown } } | null)?.report?.outcome;
