/** What the function of the facts does. It refers to nothing else, for its source text is deployed. */
export const probe = async (event: { readonly do?: string }): Promise<unknown> => {
  if (event.do === 'sleep') await new Promise((resolve) => setTimeout(resolve, 8000));
  if (event.do === 'throw') throw Object.assign(new Error('on purpose'), { name: 'ProbeError' });
  return event;
};

/** The same as CommonJS. */
export const PROBE_SOURCE = `exports.handler = ${probe.toString()};`;

const lambdaInvoke = 'arn:aws:states:::lambda:invoke';

const when = (value: string, next: string) => ({ Variable: '$.do', StringEquals: value, Next: next });

/**
 * The state machine of the facts: one branch for each thing that it may be asked to do. What a Catch gets is told the way Sluice's own
 * handlers hear of it: it is handed to a function, and the function's answer is the output.
 *
 * @param nobodysArn the ARN of a function that does not exist
 */
export function machineOf(probeArn: string, nobodysArn: string) {
  const call = (functionArn: string, payload: object) => ({
    Type: 'Task',
    Resource: lambdaInvoke,
    Parameters: { FunctionName: functionArn, Payload: payload },
    TimeoutSeconds: 30,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Tell' }],
    Next: 'Done',
  });
  const ask = (payload: object, timeoutSeconds: number) => ({
    ...call(probeArn, { ...payload, 'taskToken.$': '$$.Task.Token' }),
    Resource: `${lambdaInvoke}.waitForTaskToken`,
    TimeoutSeconds: timeoutSeconds,
    ResultPath: '$.answer',
  });
  return {
    StartAt: 'Which?',
    States: {
      'Which?': {
        Type: 'Choice',
        Choices: [
          when('throw', 'Throw'),
          when('callNobody', 'CallNobody'),
          when('timeOut', 'TimeOut'),
          when('pathToNothing', 'PathToNothing'),
          when('fail', 'Fail'),
          when('ask', 'Ask'),
          when('askBriefly', 'AskBriefly'),
          when('askInVain', 'AskInVain'),
        ],
        Default: 'Wait',
      },
      Throw: call(probeArn, { do: 'throw' }),
      CallNobody: call(nobodysArn, {}),
      TimeOut: { ...call(probeArn, { do: 'sleep' }), TimeoutSeconds: 2 },
      PathToNothing: {
        ...call(probeArn, {}),
        OutputPath: '$.nowhere',
        Catch: [
          { ErrorEquals: ['States.Runtime'], ResultPath: '$.error', Next: 'Tell' },
          { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Tell' },
        ],
      },
      Fail: { Type: 'Fail', Error: 'OnPurpose', Cause: 'as asked' },
      Ask: ask({}, 60),
      AskBriefly: ask({}, 2),
      AskInVain: ask({ do: 'throw' }, 10),
      Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Done' },
      Tell: {
        Type: 'Task',
        Resource: lambdaInvoke,
        Parameters: { FunctionName: probeArn, Payload: { 'error.$': '$.error' } },
        OutputPath: '$.Payload',
        End: true,
      },
      Done: { Type: 'Succeed' },
    },
  };
}
