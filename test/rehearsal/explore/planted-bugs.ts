import type { DescribeAlarmsCommandOutput, Dimension, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { GetFunctionCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import type { HandlerContext, HandlerFactory } from '../../../lib/aws/handler/entry.ts';
import { FUNCTION } from '../../../lib/rehearsal/names.ts';
import { TIMING_VARIABLE } from '../../../lib/rollout/contracts/environment.ts';
import { isDocument, type Rollout } from '../../../lib/rollout/document/rollout.ts';
import { cloudWatchTiming, HOLD_TAG } from '../../../lib/rollout/observation.ts';
import { around, controller, definitionWith, handlersWith, withClients, writes } from './broken-controllers.ts';

/** Controllers with the bugs that a review planted, and with one for each rule that nothing else breaks. The explorer must find each. */

type Change = Parameters<typeof withClients>[1];

const observes = (change: Change) => handlersWith({ observe: (create) => withClients(create, change) });

const looks = (change: Change) =>
  handlersWith({
    preflight: (create) => withClients(create, change),
    observe: (create) => withClients(create, change),
  });

const reads = (change: Change) =>
  handlersWith({
    observe: (create) => withClients(create, change),
    revert: (create) => withClients(create, change),
  });

const describes = (change: (description: string) => string) =>
  writes(({ lambda }) =>
    around(lambda, 'UpdateAliasCommand', (input, send) =>
      send({ ...input, Description: change(String(input['Description'])) }),
    ),
  );

/** Asks for counts without the alias, which is another metric. */
export const countingWithoutTheAlias = observes(({ cloudwatch }) =>
  around(cloudwatch, 'GetMetricDataCommand', (input, send) => {
    const queries = (input['MetricDataQueries'] as { MetricStat: { Metric: { Dimensions: Dimension[] } } }[]).map(
      (query) => {
        const { Metric } = query.MetricStat;
        const Dimensions = Metric.Dimensions.filter(({ Name }) => Name !== 'Resource');
        return { ...query, MetricStat: { ...query.MetricStat, Metric: { ...Metric, Dimensions } } };
      },
    );
    return send({ ...input, MetricDataQueries: queries });
  }),
);

/** Asks for alarms without their types, so that CloudWatch answers metric alarms alone. */
export const askingForMetricAlarmsAlone = looks(({ cloudwatch }) =>
  around(cloudwatch, 'DescribeAlarmsCommand', ({ AlarmTypes: _dropped, ...input }, send) => send(input)),
);

/** Gives a revert up within a minute. */
export const givingUpAtOnce = definitionWith(controller, (states) => {
  const revert = states['Revert'] as { Retry: [{ MaxAttempts: number }] };
  revert.Retry[0].MaxAttempts = 4;
});

/** Tells of a promotion as one from the candidate, so that nobody finds the way back. */
export const promotingFromTheCandidate = describes((description) =>
  description.replace(/promoted \d+ -> (\d+)/, 'promoted $1 -> $1'),
);

/** Tells when the step started and not when the execution did. */
export const startingWithTheStep = describes((description) =>
  description.replace(/started \S+Z/, `started ${new Date(Date.now()).toISOString().replace(/\.\d+Z/, 'Z')}`),
);

/** Drops the mark of the alias's owner. */
export const losingTheMark = describes((description) => description.replace(/ ?\[sluice:[0-9a-f]+\]$/, ''));

/** Takes tags that could not be read for tags without a hold. */
export const takingUnreadableTagsForNoHold = looks(({ lambda }) =>
  around(lambda, 'GetFunctionCommand', async (input, send) => {
    const { TagsError, ...output } = await send(input);
    return TagsError ? { ...output, Tags: {} } : output;
  }),
);

/** Looks at no alarm while the function is on hold, neither in a look nor in a sweep. */
export const lookingAtTheHoldAlone = reads(({ lambda, cloudwatch }) => {
  const isHeld = async () =>
    HOLD_TAG in ((await lambda.send(new GetFunctionCommand({ FunctionName: FUNCTION }))).Tags ?? {});
  around(cloudwatch, 'DescribeAlarmsCommand', async (input, send) => {
    const output = (await send(input)) as unknown as DescribeAlarmsCommandOutput;
    const quiet = output.MetricAlarms?.map((alarm) => ({ ...alarm, StateValue: 'OK' }));
    return (await isHeld()) ? { ...output, MetricAlarms: quiet } : { ...output };
  });
  around(cloudwatch, 'DescribeAlarmHistoryCommand', async (input, send) => {
    const output = await send(input);
    return (await isHeld()) ? { ...output, AlarmHistoryItems: [] } : output;
  });
});

/** Gives the candidate its weight again as soon as it was taken back. */
export const shiftingAfterTheVerdict = handlersWith({
  revert: (create) => (context) => {
    const handler = create(context);
    return async (event) => {
      const answer = await handler(event);
      const { functionName, aliasName, stable, candidate } = event as Rollout;
      if (!isDocument(event) || !stable) return answer;
      await context.clients.lambda.send(
        new UpdateAliasCommand({
          FunctionName: functionName,
          Name: aliasName,
          FunctionVersion: stable,
          RoutingConfig: { AdditionalVersionWeights: { [candidate]: 0.2 } },
        }),
      );
      return answer;
    };
  },
});

const withContext =
  (change: (context: HandlerContext) => Partial<HandlerContext>) =>
  (create: HandlerFactory): HandlerFactory =>
  (context) =>
    create({ ...context, ...change(context) });

/** Judges a bake by data that is still on its way. */
export const judgingWithoutTheDelay = handlersWith({
  observe: withContext(({ environment }) => {
    const undelayed = { ...cloudWatchTiming, alarms: { ...cloudWatchTiming.alarms, delaySeconds: 0 } };
    return { environment: { ...environment, [TIMING_VARIABLE]: JSON.stringify(undelayed) } };
  }),
});

/** Sweeps with a clock in milliseconds, so that no end is of this day. */
export const sweepingInMilliseconds = handlersWith({
  revert: (create) => (context) => {
    const [usual, wrong] = [create(context), create({ ...context, now: () => context.now() * 1000 })];
    return (event) => ((event as { trigger?: string }).trigger === 'sweep' ? wrong(event) : usual(event));
  },
});

/** Takes a hook that threw for one that agrees. */
export const believingAHookThatThrew = handlersWith({
  'run-hooks': (create) =>
    withClients(create, ({ hooks }) =>
      around(hooks, 'InvokeCommand', async (input, send) => {
        const { FunctionError, ...output } = await send(input);
        return FunctionError ? { ...output, Payload: new TextEncoder().encode('{"ok":true}') } : output;
      }),
    ),
});

/** Puts the alias back if an alarm fires, and leaves the execution waiting for an approval. */
export const leavingTheWait = handlersWith({
  revert: (create) =>
    withClients(create, ({ sfn }) =>
      around(sfn, 'SendTaskFailureCommand', (input, send) => send({ ...input, taskToken: 'of nobody' })),
    ),
});

/** Takes one approval for the answer to every later question. */
export const approvingForEver = handlersWith({
  observe: (create) => (context) => {
    const approved = new Set<string>();
    const handler = create(context);
    return async (event) => {
      const rollout = event as Rollout;
      const { name } = rollout.execution;
      const known = approved.has(name) && rollout.approval === 'none' ? { approval: 'approved' } : {};
      const answer = (await handler({ ...rollout, ...known })) as Rollout;
      if (answer.approval === 'approved') approved.add(name);
      return answer;
    };
  },
});

/** Takes the requests that the stable version served for the candidate's. */
export const countingForTheCandidate = observes(({ cloudwatch }) =>
  around(cloudwatch, 'GetMetricDataCommand', async (input, send) => {
    const output = (await send(input)) as unknown as GetMetricDataCommandOutput;
    const { MetricDataResults: results = [] } = output;
    const stable = results.find(({ Id }) => Id === 'stableInvocations');
    const invented = results.map((result) => {
      if (result.Id !== 'candidateInvocations') return result;
      const { Timestamps = [], Values = [] } = stable ?? {};
      return Values.length > 0
        ? { ...result, Timestamps, Values }
        : { ...result, Timestamps: [input['StartTime'] as Date], Values: [100] };
    });
    return { ...output, MetricDataResults: invented };
  }),
);

/** Puts the alias back if it should promote, and ends as promoted. */
export const promotingByAReversal = definitionWith(
  handlersWith({
    revert: (create) => (context) => {
      const handler = create(context);
      return async (event) => {
        const answer = (await handler(event)) as Rollout;
        return (event as Rollout).next === 'promote' ? { ...answer, next: 'promoted' } : answer;
      };
    },
  }),
  (states) => {
    const [promote, revert] = ['Promote', 'Revert'].map(
      (state) => states[state]?.['Parameters'] as { FunctionName: string },
    ) as [{ FunctionName: string }, { FunctionName: string }];
    promote.FunctionName = revert.FunctionName;
  },
);

type Input = { readonly members?: readonly unknown[] };

const withoutTheFirst = (input: unknown): string => {
  const { members = [], ...rest } = JSON.parse(String(input)) as Input;
  return JSON.stringify({ ...rest, members: members.slice(1) });
};

/** Forgets the first member of a group if an event or a sweep has it put back. */
export const forgettingTheFirstMember = handlersWith({
  revert: (create) => (context) => {
    around(context.clients.sfn, 'DescribeExecutionCommand', async (input, send) => {
      const output = await send(input);
      return { ...output, input: withoutTheFirst(output['input']) };
    });
    const handler = create(context);
    return (event) => {
      const { detail, ...rest } = event as { readonly detail?: { readonly input?: string } };
      return handler(detail?.input ? { ...rest, detail: { ...detail, input: withoutTheFirst(detail.input) } } : event);
    };
  },
});

/** Looks at the first member of a group alone, and promotes all of them when that one agrees. */
export const promotingWhenTheFirstAgrees = handlersWith({
  observe: (create) => (context) => {
    const handler = create(context);
    return async (event) => {
      const { others } = event as Rollout;
      return { ...((await handler({ ...(event as Rollout), others: [] })) as Rollout), others };
    };
  },
});
