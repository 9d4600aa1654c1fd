/** A client whose calls of one command fail with an error of AWS, as often as said, past the SDK's own retries. */
export function failing<Client extends { send: (command: never) => unknown }>(
  client: Client,
  commandName: string,
  errorName: string,
  times: number = Number.POSITIVE_INFINITY,
): Client {
  let left = times;
  const send = (command: object) => {
    if (command.constructor.name !== `${commandName}Command` || left-- <= 0) return client.send(command as never);
    return Promise.reject(Object.assign(new Error(errorName), { name: errorName, $metadata: {} }));
  };
  return Object.create(client, { send: { value: send } });
}
