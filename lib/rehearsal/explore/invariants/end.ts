import type { ExecutionEnd } from '../../services/execution.ts';
import { endInWords } from '../observed-rollout.ts';
import type { ObservedRun } from '../observed-run.ts';
import { ABANDONED_SECONDS } from './abandoned.ts';
import type { Invariant } from './invariant.ts';

/** How long an execution may go on after an alarm's event has taken its weights away, in seconds: a slow hook, and a look. */
const END_AFTER_REVERT_SECONDS = 1000;

/**
 * A handler that died, or an approval that was asked for again, may leave a wait that nobody ends: then the execution ends with the time that
 * an approval may take. So the bound holds for runs whose calls were answered.
 */
const isDisturbed = (run: ObservedRun): boolean => run.disturbedAt.size > 0;

export const end: Invariant = {
  statement: 'every execution ends; every end names its reason',
  checker: (run) => ({
    end: ({ rollout, end: ended, second }) => {
      if (ended.status === 'ABORTED' && rollout.stopped) return undefined;
      const words = `${rollout.name} ended as ${endInWords(ended)}`;
      const isRevertFailed = ended.error === 'RevertFailed';
      if (!rollout.endedDeliberately && !isRevertFailed) return `${words}, which is no end of a rollout`;
      if (isRevertFailed && run.hinderedAt < second - ABANDONED_SECONDS) {
        return `${words} while every call on the alias was answered`;
      }
      const from = rollout.revertedOnAlarmAt ?? second;
      if (second - from > END_AFTER_REVERT_SECONDS && !isDisturbed(run)) {
        return `${words} ${Math.round(second - from)} s after its revert`;
      }
      return namesItsReason(ended) ? undefined : `${words} without a reason`;
    },
    rest: () => {
      const running = run.rollouts.find((rollout) => rollout.running);
      return running && `${running.name} never ended`;
    },
  }),
};

function namesItsReason({ status, cause, output }: ExecutionEnd): boolean {
  const reason = status === 'SUCCEEDED' ? (output as { reason?: unknown } | null)?.reason : cause;
  return typeof reason === 'string' && reason !== '' && reason !== 'not started yet';
}
