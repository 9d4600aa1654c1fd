import type { Clients, Where } from './clients.ts';

/** What a handler gets handed in, so that a rehearsal can hand in its own: SDK clients, environment and clock. */
export interface Surroundings<Name extends keyof Clients = keyof Clients> {
  readonly clients: Pick<Clients, Name>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The time in seconds since 1970. */
  readonly now: () => number;
}

type Handler = (event: unknown) => Promise<unknown>;

/** Makes a handler of what surrounds it; called once per execution environment, never per event. */
export type HandlerFactory<Name extends keyof Clients = keyof Clients> = (surroundings: Surroundings<Name>) => Handler;

/** A Lambda entry point that makes its clients and its handler at the first event and keeps them. */
export function entry<Name extends keyof Clients>(
  create: HandlerFactory<Name>,
  makers: { readonly [Each in Name]: (where?: Where) => Clients[Each] },
): Handler {
  let handler: Handler | undefined;
  return (event) => {
    handler ??= create({
      clients: Object.fromEntries(
        Object.entries<() => unknown>(makers).map(([name, make]) => [name, make()]),
      ) as unknown as Pick<Clients, Name>,
      environment: process.env,
      now: () => Date.now() / 1000,
    });
    return handler(event);
  };
}
