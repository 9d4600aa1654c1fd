import { allTrafficTo, type Routing, shareOf, split } from '../../rollout/alias/alias.ts';
import { REJECTED } from '../../rollout/decisions/approval.ts';
import { HOLD_TAG } from '../../rollout/observation.ts';
import type { Plan } from '../../rollout/policy/plan.ts';
import { OPERATOR } from '../names.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { RehearsedLambda } from '../services/lambda.ts';
import type { StepFunctions } from '../services/step-functions.ts';
import type { World } from '../world/world.ts';
import type { RunningRollout } from './rollouts.ts';

/** Everything that an operator can reach. */
export interface OperatorContext {
  /** The member that is acted on. */
  readonly lambda: RehearsedLambda;
  /** Those of all members: the name of an alarm tells which is meant. */
  readonly worlds: readonly World[];
  /** The second at which the operator acts. */
  readonly second: number;
  readonly stepFunctions: StepFunctions;
  readonly plan: Plan;
  /** The rollout that an action is meant for: an answer is for the one that waits for it, all else for the one that was started last. */
  readonly rollout: Pick<RunningRollout, 'execution'> & { readonly stable: string; readonly candidate: string };
  readonly deploy: (action: ActionOf<'deploy'>) => void;
  /** RedriveExecution of the rollout that an action is meant for. It does nothing if that one runs or has succeeded. */
  readonly redrive: () => void;
  /** Types a command into the command line. */
  readonly command: (action: ActionOf<'command'>) => void;
  /** StartExecution of the state machine. */
  readonly start: (action: ActionOf<'start'>) => void;
}

type ActionName = OperatorAction['do'];
/** `rollback`, `hold` and the like are one shape of the schema with many names. */
type ActionOf<Name extends ActionName> = OperatorAction extends infer Action
  ? Action extends { readonly do: infer Names }
    ? Name extends Names
      ? Action
      : never
    : never
  : never;

/** Each action with the means of the consoles: the alias, the tag, the token, the stop button. */
const actions: { readonly [Name in ActionName]: (context: OperatorContext, action: ActionOf<Name>) => void } = {
  rollback: ({ lambda, rollout }) => write(lambda, allTrafficTo(rollout.stable)),
  advance: ({ lambda, plan, rollout: { stable, candidate } }) => {
    const weight = lambda.alias ? shareOf(candidate, lambda.alias) : 0;
    const next = plan.steps.find((step) => step.weight > weight);
    write(lambda, next ? split(stable, candidate, next.weight) : allTrafficTo(candidate));
  },
  setAlias: ({ lambda }, { functionVersion, additionalVersionWeights }) => {
    const weights = Object.entries(additionalVersionWeights).map(([version, weight]) => [version, weight / 100]);
    write(lambda, { functionVersion, additionalVersionWeights: Object.fromEntries(weights) });
  },
  hold: ({ lambda }) => lambda.tag({ [HOLD_TAG]: 'held by the operator' }),
  resume: ({ lambda }) => lambda.untag([HOLD_TAG]),
  approve: ({ stepFunctions, rollout }) => {
    const token = rollout.execution.waitingToken();
    if (token) stepFunctions.succeed(token, { by: 'the operator' });
  },
  reject: ({ stepFunctions, rollout }) => {
    const token = rollout.execution.waitingToken();
    if (token) stepFunctions.fail(token, REJECTED, JSON.stringify({ by: 'the operator' }));
  },
  stopExecution: ({ rollout }) => rollout.execution.stop(),
  redrive: ({ redrive }) => redrive(),
  deploy: ({ deploy }, action) => deploy(action),
  command: ({ command }, action) => command(action),
  start: ({ start }, action) => start(action),
  restoreAlias: ({ lambda }, { changesAgo }) => {
    const saved = lambda.aliasBefore(changesAgo);
    if (saved) write(lambda, saved, saved.description);
  },
  describeAlias: ({ lambda }, { description }) => {
    if (lambda.alias) write(lambda, lambda.alias, description);
  },
  setVersionState: ({ lambda }, { functionVersion, state }) => lambda.setState(functionVersion, state),
  deleteAlarm: ({ worlds, second }, { alarm }) => {
    for (const world of worlds) world.deleteAlarm(alarm, second);
  },
  moveAlarm: ({ worlds, second }, { alarm, functionVersion }) => {
    for (const world of worlds) world.moveAlarm(alarm, functionVersion, second);
  },
};

/** Acts for the operator. @throws AWS's exception if AWS refuses it */
export const performAction = (action: OperatorAction, context: OperatorContext): void =>
  (actions[action.do] as (context: OperatorContext, action: OperatorAction) => void)(context, action);

/** A person writes the alias without a RevisionId, so over any change. Without a description, the alias keeps its own. */
function write(
  lambda: RehearsedLambda,
  { functionVersion, additionalVersionWeights }: Routing,
  description?: string,
): void {
  if (!lambda.alias) return;
  lambda.updateAlias(
    {
      FunctionName: lambda.functionName,
      Name: lambda.aliasName,
      FunctionVersion: functionVersion,
      RoutingConfig: { AdditionalVersionWeights: { ...additionalVersionWeights } },
      Description: description,
    },
    OPERATOR,
  );
}
