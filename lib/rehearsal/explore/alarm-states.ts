interface DescribedAlarm {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly EvaluationState?: string;
}

/** The EvaluationStates of an alarm that CloudWatch cannot evaluate. Its StateValue stays as it was. */
const unevaluated: readonly (string | undefined)[] = ['EVALUATION_ERROR', 'EVALUATION_FAILURE'];

/** The state of an alarm that CloudWatch cannot evaluate. */
export const UNEVALUATED = 'not evaluated';

/** By name, the states in an answer of DescribeAlarms, of alarms of every kind. */
export const alarmStatesIn = (output: object): readonly (readonly [name: string, state: string])[] =>
  Object.values(output)
    .filter((list): list is readonly DescribedAlarm[] => Array.isArray(list))
    .flat()
    .map(({ AlarmName = '', StateValue = '', EvaluationState }) => [
      AlarmName,
      StateValue !== 'ALARM' && unevaluated.includes(EvaluationState) ? UNEVALUATED : StateValue,
    ]);
