import { allTrafficTo, shareOf, split } from '../../rollout/alias/alias.ts';
import { REJECTED } from '../../rollout/decisions/approval.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import type { Plan } from '../../rollout/policy/plan.ts';
import type { OperatorAction } from '../scenario/scenario.ts';
import type { RehearsedLambda } from '../services/lambda.ts';
import type { Execution, StepFunctions } from '../services/step-functions.ts';
import { OPERATOR } from './operator-name.ts';

/** What an operator can lay hands on. */
export interface OperatorContext {
  readonly lambda: RehearsedLambda;
  readonly stepFunctions: StepFunctions;
  readonly plan: Plan;
  /** The rollout that an action is meant for: the one that was started last. */
  readonly latest: () => { readonly execution: Execution; readonly stable: string; readonly candidate: string };
  readonly deploy: (action: OperatorAction & { readonly do: 'deploy' }) => void;
  /** RedriveExecution of the rollout that an action is meant for; nothing where it is under way or has succeeded. */
  readonly redrive: () => void;
}

/** What a person does by the means of the Lambda and Step Functions consoles alone. */
type ConsoleAction = Exclude<OperatorAction, { readonly do: 'command' | 'start' }>;

/** Does what a person would do in the console, with the console's means: the alias, the tag, the token, the stop button. */
export function performAction(
  action: ConsoleAction,
  { lambda, stepFunctions, plan, latest, deploy, redrive }: OperatorContext,
): void {
  const { execution, stable, candidate } = latest();
  const token = execution.waitingToken();
  const write = (routing: ReturnType<typeof allTrafficTo>) =>
    lambda.alias &&
    lambda.updateAlias(
      {
        FunctionName: lambda.functionName,
        Name: lambda.aliasName,
        FunctionVersion: routing.functionVersion,
        RoutingConfig: { AdditionalVersionWeights: { ...routing.additionalVersionWeights } },
      },
      OPERATOR,
    );
  switch (action.do) {
    case 'rollback':
      write(allTrafficTo(stable));
      return;
    case 'advance': {
      const weight = lambda.alias ? shareOf(candidate, lambda.alias) : 0;
      const next = plan.steps.find((step) => step.weight > weight);
      write(next ? split(stable, candidate, next.weight) : allTrafficTo(candidate));
      return;
    }
    case 'setAlias': {
      const weights = Object.entries(action.additionalVersionWeights).map(([version, weight]) => [
        version,
        weight / 100,
      ]);
      write({ functionVersion: action.functionVersion, additionalVersionWeights: Object.fromEntries(weights) });
      return;
    }
    case 'hold':
      lambda.tags[HOLD_TAG] = 'held by the operator';
      return;
    case 'resume':
      delete lambda.tags[HOLD_TAG];
      return;
    case 'approve':
      if (token) stepFunctions.succeed(token, { by: 'the operator' });
      return;
    case 'reject':
      if (token) stepFunctions.fail(token, REJECTED, JSON.stringify({ by: 'the operator' }));
      return;
    case 'stopExecution':
      execution.stop();
      return;
    case 'redrive':
      redrive();
      return;
    case 'deploy':
      deploy(action);
      return;
  }
}
