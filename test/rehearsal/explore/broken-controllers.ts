import type { DescribeAlarmsCommandOutput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { GetAliasCommand, type LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import type { Clients } from '../../../lib/aws/handler/clients.ts';
import type { HandlerFactory } from '../../../lib/aws/handler/entry.ts';
import { loadController } from '../../../lib/cli/load-controller.ts';
import type { ControllerUnderTest } from '../../../lib/rehearsal/simulation/controller.ts';
import { allTrafficTo } from '../../../lib/rollout/alias/alias.ts';
import type { Rollout } from '../../../lib/rollout/document/rollout.ts';

/** Controllers with mistakes built in that a rollout tool could well have. The explorer must find each. */
export const controller = loadController();

export type Input = Record<string, unknown>;
export type Send = (input: Input) => Promise<Input>;

/** Puts a function between a handler and a call: it gets the input and the call itself, and answers in its place. */
export function around(client: unknown, command: string, between: (input: Input, send: Send) => Promise<Input>): void {
  (client as LambdaClient).middlewareStack.add(
    (next, context) => async (request) => {
      if (context.commandName !== command) return next(request);
      const send: Send = async (input) =>
        (await next({ ...request, input: input as never })).output as unknown as Input;
      return { output: (await between(request.input as unknown as Input, send)) as never, response: undefined };
    },
    { step: 'initialize', name: `around${command}` },
  );
}

/** The factory with a change to the handler's clients. */
export const withClients =
  (create: HandlerFactory, change: (clients: Clients) => void): HandlerFactory =>
  (context) => {
    change(context.clients);
    return create(context);
  };

/** The factory with a change to the handler's answers. */
const withAnswers =
  (create: HandlerFactory, change: (answer: Rollout, clients: Clients) => Promise<Rollout> | Rollout): HandlerFactory =>
  (context) => {
    const handler = create(context);
    return async (event) => change((await handler(event)) as Rollout, context.clients);
  };

export const handlersWith = (
  changes: Readonly<Record<string, (create: HandlerFactory) => HandlerFactory>>,
): ControllerUnderTest => ({
  ...controller,
  handlers: Object.fromEntries(
    Object.entries(controller.handlers).map(([name, create]) => [name, changes[name]?.(create) ?? create]),
  ),
});

type States = Record<string, Record<string, unknown>>;

export function definitionWith(given: ControllerUnderTest, change: (states: States) => void): ControllerUnderTest {
  const synthesized = structuredClone(given.synthesized);
  change(synthesized.definition.States as unknown as States);
  return { ...given, synthesized };
}

export const writes = (change: (clients: Clients) => void): ControllerUnderTest =>
  handlersWith({
    shift: (create) => withClients(create, change),
    revert: (create) => withClients(create, change),
  });

/** Writes the alias even if it has changed since it was read. */
export const withoutRevisionId = writes(({ lambda }) =>
  around(lambda, 'UpdateAliasCommand', ({ RevisionId: _dropped, ...input }, send) => send(input)),
);

/** Takes a refused revision for its own write whose answer was lost, and writes again with the new one. */
export const repeatingWithTheNewRevision = writes(({ lambda }) =>
  around(lambda, 'UpdateAliasCommand', async (input, send) => {
    try {
      return await send(input);
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailedException') throw error;
      const name = { FunctionName: String(input['FunctionName']), Name: String(input['Name']) };
      const { RevisionId } = await lambda.send(new GetAliasCommand(name));
      return send({ ...input, RevisionId });
    }
  }),
);

export const withoutCatch = definitionWith(controller, (states) => {
  for (const state of Object.values(states)) delete state['Catch'];
});

/** Promotes as soon as the last weight was given. */
export const promotingBeforeObserving = definitionWith(
  handlersWith({
    shift: (create) =>
      withAnswers(create, (answer) =>
        answer.next === 'bake' && answer.step === answer.plan.length - 1
          ? { ...answer, next: 'promote', wanted: allTrafficTo(answer.candidate) }
          : answer,
      ),
  }),
  (states) => {
    const choices = states['Shifted?']?.['Choices'] as object[];
    choices.push({ Variable: '$.next', StringEquals: 'promote', Next: 'Promote' });
  },
);

/** Believes its document, which does not know of a weight whose writer died. */
export const revertingWhatItRemembers = handlersWith({
  revert: (create) => (context) => {
    const handler = create(context);
    return async (event) => {
      const rollout = event as Rollout;
      return rollout.schema === 1 && rollout.step < 0
        ? { ...rollout, next: 'rejected', reason: 'no weight was given' }
        : handler(event);
    };
  },
});

/** Clears the weights when it hears that it was superseded: those of the other. */
export const revertingWhenSuperseded = handlersWith({
  observe: (create) =>
    withAnswers(create, async (answer, { lambda }) => {
      if (answer.next !== 'superseded') return answer;
      const name = { FunctionName: answer.functionName, Name: answer.aliasName };
      const { RevisionId } = await lambda.send(new GetAliasCommand(name));
      const RoutingConfig = { AdditionalVersionWeights: {} };
      await lambda.send(new UpdateAliasCommand({ ...name, FunctionVersion: answer.stable, RoutingConfig, RevisionId }));
      return answer;
    }),
});

/** Takes alarms without data for quiet ones, and counts that are not there for good ones. */
export const takingSilenceForHealth = handlersWith({
  observe: (create) =>
    withClients(create, ({ cloudwatch }) => {
      around(cloudwatch, 'DescribeAlarmsCommand', async (input, send) => {
        const output = (await send(input)) as unknown as DescribeAlarmsCommandOutput;
        const silent = (name: string) => {
          const state = output.MetricAlarms?.find((alarm) => alarm.AlarmName === name)?.StateValue;
          return state === undefined || state === 'INSUFFICIENT_DATA';
        };
        const names = input['AlarmNames'] as string[];
        const known = output.MetricAlarms?.filter((alarm) => !silent(alarm.AlarmName ?? '')) ?? [];
        const quiet = names.filter(silent).map((AlarmName) => ({ AlarmName, StateValue: 'OK' as const }));
        return { ...output, MetricAlarms: [...known, ...quiet] };
      });
      around(cloudwatch, 'GetMetricDataCommand', async (input, send) => {
        const output = (await send(input)) as unknown as GetMetricDataCommandOutput;
        const results = output.MetricDataResults?.map((result) =>
          result.Id === 'candidateInvocations' && !result.Values?.length
            ? { ...result, Timestamps: [input['StartTime'] as Date], Values: [1000] }
            : result,
        );
        return { ...output, MetricDataResults: results };
      });
    }),
});
