import type { ExecutionEnd } from '../../services/execution.ts';
import { endInWords } from '../observed-rollout.ts';
import { ABANDONED_SECONDS } from './abandoned.ts';
import type { Invariant } from './invariant.ts';

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
