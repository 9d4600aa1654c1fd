import { described, type Execution } from '../services/execution.ts';
import type { StepFunctions } from '../services/step-functions.ts';
import type { StepFunctionsPort } from '../services/step-functions-port.ts';
import type { Observer } from './observer.ts';
import type { Rollouts } from './rollouts.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The rehearsal's executions as the Step Functions API reaches them. A stop or an approval is an operator's action. */
export function stepFunctionsApi(parts: {
  readonly rollouts: Rollouts;
  readonly stepFunctions: StepFunctions;
  readonly observer: Observer;
  readonly time: VirtualTime;
}): StepFunctionsPort {
  const { rollouts, stepFunctions, observer, time } = parts;
  const execution = (is: (execution: Execution) => boolean) =>
    rollouts.all.find((rollout) => is(rollout.execution))?.execution;
  return {
    start: (name, input) => rollouts.startByHand(name, input),
    executions: () =>
      rollouts.all.toReversed().map((rollout) => described(rollout.execution, rollouts.ends.get(rollout.execution))),
    historyOf: (executionArn) => execution(({ arn }) => arn === executionArn)?.history() ?? [],
    stop: (executionArn) => {
      const stopped = execution(({ arn }) => arn === executionArn);
      if (!stopped) return;
      observer.onOperatorAction?.({ do: 'stopExecution' }, stopped.name, time.second());
      stopped.stop();
    },
    succeedTask: (token, output) => {
      const waiting = execution((each) => each.waitingToken() === token);
      if (waiting) observer.onOperatorAction?.({ do: 'approve' }, waiting.name, time.second());
      stepFunctions.succeed(token, output);
    },
    failTask: (token, error, cause) => stepFunctions.fail(token, error, cause),
  };
}
