import {
  type Clients,
  cloudformation,
  cloudwatch,
  events,
  hooks,
  lambda,
  logs,
  notifications,
  sfn,
  ssm,
} from '../../aws/handler/clients.ts';
import { REGION } from '../names.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';

/** Answers a call, such as `lambda:GetAlias`, in place of AWS. */
export type Respond = (call: string, input: object) => Promise<object>;

type Client = Clients['lambda'];

/** The prefixes of IAM actions, by the name of the SDK's client. */
const services: Readonly<Record<string, string>> = {
  LambdaClient: 'lambda',
  CloudWatchClient: 'cloudwatch',
  CloudWatchLogsClient: 'logs',
  EventBridgeClient: 'events',
  CloudFormationClient: 'cloudformation',
  SFNClient: 'states',
  SSMClient: 'ssm',
};

const options = { region: REGION, credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' } };

const makers: { readonly [Name in keyof Clients]: () => Clients[Name] } = {
  lambda: () => lambda(options),
  cloudwatch: () => cloudwatch(options),
  logs: () => logs(options),
  events: () => events(options),
  cloudformation: () => cloudformation(options),
  sfn: () => sfn(options),
  hooks: () => hooks(options),
  notifications: () => notifications(options),
  ssm: () => ssm(options),
};

/**
 * Real SDK clients whose requests are answered instead of being sent. Everything above the network runs for real:
 * serialization, the SDK's classes of errors, its retries and their back-off. A client is made when it is first used.
 */
export function interceptedClients(respond: Respond, time: VirtualTime): Clients {
  const made: Partial<Record<keyof Clients, Client>> = {};
  const clients = {};
  for (const name of Object.keys(makers) as (keyof Clients)[]) {
    Object.defineProperty(clients, name, {
      enumerable: true,
      get: () => {
        made[name] ??= intercepted(makers[name]() as Client, respond, time);
        return made[name];
      },
    });
  }
  return clients as Clients;
}

function intercepted(client: Client, respond: Respond, time: VirtualTime): Client {
  const configuring = new WeakMap<object, Disposable>();
  client.middlewareStack.add(
    (next, context) => async (request) => {
      const busy = time.busy();
      configuring.set(context, busy);
      try {
        return await next(request);
      } finally {
        // A call whose function is out of time is never sent.
        busy[Symbol.dispose]();
      }
    },
    { step: 'initialize', name: 'rehearsalKeepsTheClockStill', priority: 'high' },
  );
  client.middlewareStack.add(
    (_next, context) => async (request) => {
      configuring.get(context)?.[Symbol.dispose]();
      const service = services[String(context.clientName)] ?? String(context.clientName);
      const call = `${service}:${String(context.commandName).replace(/Command$/, '')}`;
      const output = await respond(call, request.input);
      return { output: { $metadata: { httpStatusCode: 200 }, ...output }, response: undefined } as never;
    },
    { step: 'finalizeRequest', name: 'rehearsalAnswers', priority: 'low' },
  );
  return client;
}
