import { oneLine } from '../../rollout/contracts/text.ts';
import type { Clients, Where } from './clients.ts';
import { withTimeLeft } from './deadline.ts';

/** The dependencies of a handler: SDK clients, environment and clock. A rehearsal hands in its own. */
export interface HandlerContext<Name extends keyof Clients = keyof Clients> {
  readonly clients: Pick<Clients, Name>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The time in seconds since 1970. */
  readonly now: () => number;
}

type Handler = (event: unknown, context?: LambdaContext) => Promise<unknown>;

/** The part of Lambda's context that is read. */
export interface LambdaContext {
  readonly getRemainingTimeInMillis: () => number;
  /** The ARN by which the function was called, with the qualifier if it was called by one. */
  readonly invokedFunctionArn: string;
}

/** Makes a handler from its dependencies; called once per execution environment, never per event. */
export type HandlerFactory<Name extends keyof Clients = keyof Clients> = (context: HandlerContext<Name>) => Handler;

/** A Lambda entry point that makes its clients and its handler at the first event and keeps them. */
export function entry<Name extends keyof Clients>(
  create: HandlerFactory<Name>,
  makers: { readonly [Each in Name]: (where?: Where) => Clients[Each] },
): (event: unknown, context?: LambdaContext) => Promise<unknown> {
  let handler: Handler | undefined;
  return async (event, context) => {
    handler ??= create({
      clients: Object.fromEntries(
        Object.entries<() => unknown>(makers).map(([name, make]) => [name, make()]),
      ) as unknown as Pick<Clients, Name>,
      environment: process.env,
      now: () => Date.now() / 1000,
    });
    const made = handler;
    const left = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    const answer = await withTimeLeft(left, () => made(event, context));
    console.info(summaryOf(answer));
    return answer;
  };
}

/** So much of a text goes into a log. */
const LONGEST_LOGGED = 500;

/**
 * The line that goes into the log of a function: which rollout, how it goes on and why. Nothing else of a function's input is logged,
 * and of these fields only numbers, booleans and lines of bounded length.
 */
export function summaryOf(answer: unknown): Readonly<Record<string, unknown>> {
  const { execution, functionName, aliasName, stable, candidate, step, next, reverted, reason } = (answer ??
    {}) as Record<string, unknown>;
  const name = (execution as { name?: unknown } | undefined)?.name;
  const summary = { execution: name, functionName, aliasName, stable, candidate, step, next, reverted, reason };
  return Object.fromEntries(Object.entries(summary).map(([key, value]) => [key, loggable(value)]));
}

function loggable(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') return oneLine(value, LONGEST_LOGGED);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
