import { type Clients, createClients } from './clients.ts';

/** What a handler gets handed in, so that a rehearsal can hand in its own: SDK clients, environment and clock. */
export interface Surroundings {
  readonly clients: Clients;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The time in seconds since 1970. */
  readonly now: () => number;
}

/** Makes a handler of what surrounds it; called once per execution environment, never per event. */
export type HandlerFactory = (surroundings: Surroundings) => (event: unknown) => Promise<unknown>;

/** The real surroundings of a Lambda function. */
export const inLambda = (): Surroundings => ({
  clients: createClients(),
  environment: process.env,
  now: () => Date.now() / 1000,
});

/** A Lambda entry point that makes its handler, and with it the SDK clients, at the first event and keeps it. */
export function entry(create: HandlerFactory): (event: unknown) => Promise<unknown> {
  let handler: ReturnType<HandlerFactory> | undefined;
  return (event) => {
    handler ??= create(inLambda());
    return handler(event);
  };
}
