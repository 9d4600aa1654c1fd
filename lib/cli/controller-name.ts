import { CommandRefused } from './terminal/command-refused.ts';

/** The name of a stack, which is the name of its controller. (AWS: CreateStack.) */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** @throws CommandRefused if it is no name of a controller */
export function controllerNameIn(given: unknown): string {
  if (typeof given === 'string' && STACK_NAME.test(given)) return given;
  throw new CommandRefused(
    `${JSON.stringify(given)} is no name of a controller.\n\n  expected: 1 to 64 letters, digits or "-", the first a letter`,
  );
}
