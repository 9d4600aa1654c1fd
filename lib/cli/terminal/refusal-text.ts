import {
  AliasAmbiguous,
  AliasNotFound,
  AlreadyAnswered,
  CannotRollBack,
  ControllerUnknown,
  ExecutionExists,
  InvalidRequest,
  NoRolloutUnderWay,
  NotWaiting,
  PolicyNotFound,
  type Refused,
  type RefusedField,
} from '../../operations/errors.ts';
import { CommandRefused } from './command-refused.ts';

/** A refusal as the command line prints it: the cause, and what to do about it in the words of flags and commands. */
export function refusalText(error: Refused, operand: string | undefined): string {
  if (error instanceof CommandRefused) return error.message;
  if (error instanceof InvalidRequest) return error.fields.map(fieldText).join('\n');
  const advice = adviceOn(error, operand ?? '<function>');
  return advice === undefined ? `${error.message}.` : `${error.message}.\n\n  ${advice}`;
}

/** The fields of a request that people can get wrong are flags. */
const fieldText = ({ path, found, expected }: RefusedField): string =>
  `--${path}: found ${found ?? 'something else'}, expected ${expected.replace(/^expected /, '')}.`;

function adviceOn(error: Refused, operand: string): string | undefined {
  if (error instanceof AliasNotFound && error.aliasName === undefined) {
    return `expected: the alias as well, for example ${error.functionName}:live; or deploy it with a RolloutAlias`;
  }
  if (error instanceof AliasAmbiguous) {
    return `expected: one of ${error.aliasNames.map((name) => `${operand}:${name}`).join(', ')}`;
  }
  if (error instanceof ControllerUnknown) {
    return 'expected: an alias that a RolloutAlias deploys, or --controller with the ARN of the state machine';
  }
  if (error instanceof PolicyNotFound) return 'expected: --policy with a file';
  if (error instanceof ExecutionExists) return 'expected: another --name';
  if (error instanceof NoRolloutUnderWay) return `try: sluice history ${operand}`;
  if (error instanceof NotWaiting) return `it says: ${error.reason}`;
  if (error instanceof AlreadyAnswered) return `try: sluice status ${operand}`;
  if (error instanceof CannotRollBack) return `for example: sluice rollback ${operand} --to 41`;
  return undefined;
}
