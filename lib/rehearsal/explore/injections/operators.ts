import { ALIAS, CANDIDATE, FUNCTION, STABLE } from '../../names.ts';
import type { Action, CallInjection, Injection } from './injection.ts';

/** How long an operator holds, in seconds. */
const HELD_SECONDS = 1000;

/** Later actions of the operator, by the second of the call. */
type Later = (second: number) => NonNullable<Injection['operator']>;

/** An operator who acts just before the call, and perhaps once more later. */
const operator =
  (name: string, action: Action, later: Later = () => []): CallInjection =>
  ({ call, nth, second }) => ({
    name: `${name} just before ${call} ${nth}`,
    aws: [{ call, nth, fail: 'operator', operator: action }],
    operator: later(Math.ceil(second)),
  });

/** An operator who types a command. */
const typing = (command: string, later?: Later): CallInjection =>
  operator(`sluice ${command.split(' ')[0]} runs`, { do: 'command', command }, later);

const weighing = (weight: number): Action => ({
  do: 'setAlias',
  functionVersion: STABLE,
  additionalVersionWeights: { [CANDIDATE]: weight },
});

const target = `${FUNCTION}:${ALIAS}`;
const registered = { function: FUNCTION, alias: ALIAS };

/** States into which a version can come while it serves. */
const lostStates = ['Inactive', 'Deactivated', 'Failed', 'Pending'] as const;

/** Every action of a person at a call. The order decides which of them a seed draws. */
export const operators: readonly CallInjection[] = [
  operator('an operator rolls back', { do: 'rollback' }),
  operator('an operator gives the next weight', { do: 'advance' }),
  operator('an operator promotes', { do: 'setAlias', functionVersion: CANDIDATE }),
  operator('an operator gives weights of their own', weighing(37)),
  operator('an operator gives a later weight', weighing(100)),
  operator('an operator stops the execution', { do: 'stopExecution' }),
  operator('an operator stops and at once redrives the execution', { do: 'stopExecution' }, (second) => [
    { atSecond: second + 0.4, do: 'redrive' },
  ]),
  operator('an operator stops and later redrives the execution', { do: 'stopExecution' }, (second) => [
    { atSecond: second + 400, do: 'redrive' },
  ]),
  operator('an operator approves', { do: 'approve' }),
  operator('an operator rejects', { do: 'reject' }),
  operator('an operator holds', { do: 'hold' }, (second) => [{ atSecond: second + HELD_SECONDS, do: 'resume' }]),
  typing(`rollback ${target} --reason broken`),
  typing(`approve ${target}`),
  typing(`reject ${target} --comment no`),
  typing(`advance ${target}`),
  typing(`hold ${FUNCTION}`, (second) => [
    { atSecond: second + HELD_SECONDS, do: 'command', command: `resume ${FUNCTION}` },
  ]),
  typing(`start ${target} --version newest --name second-start`),
  operator('a rollback is started in the console', {
    do: 'start',
    input: { operation: 'rollback', ...registered },
  }),
  operator('the version is started again in the console', {
    do: 'start',
    input: { ...registered, version: CANDIDATE },
  }),
  operator('an operator rewrites the description', { do: 'describeAlias', description: 'under maintenance' }),
  operator('an alarm is deleted', { do: 'deleteAlarm', alarm: 'errors' }),
  operator('an alarm is moved to another version', { do: 'moveAlarm', alarm: 'errors', functionVersion: '43' }),
  operator('a second rollout starts', { do: 'deploy' }),
  operator('a second, bad rollout starts', { do: 'deploy', candidate: { errorRate: 1 } }),
  operator('an operator restores the alias of one change ago', { do: 'restoreAlias', changesAgo: 1 }),
  operator('an operator restores the alias of two changes ago', { do: 'restoreAlias', changesAgo: 2 }),
  ...lostStates.map((state) =>
    operator(`the candidate becomes ${state}`, { do: 'setVersionState', functionVersion: CANDIDATE, state }),
  ),
];
