interface Client {
  readonly middlewareStack: { readonly add: (middleware: never, options: never) => void };
}

/**
 * A client of the SDK whose calls a test answers, given the name of the command (such as `GetAliasCommand`) and its input. What the test
 * throws is the error of the call.
 */
export function answering<C extends Client>(
  client: C,
  answer: (command: string, input: Readonly<Record<string, unknown>>) => object,
): C {
  const answered =
    (_: unknown, { commandName }: { readonly commandName: string }) =>
    async ({ input }: { readonly input: Readonly<Record<string, unknown>> }) => ({
      output: { $metadata: {}, ...answer(commandName, input) },
      response: {},
    });
  client.middlewareStack.add(answered as never, { step: 'initialize', priority: 'high', name: 'answered' } as never);
  return client;
}
