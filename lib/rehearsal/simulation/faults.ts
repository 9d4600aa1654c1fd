import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as events from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import type { AwsFault, OperatorAction } from '../scenario/scenario.ts';

/** What becomes of one call: an error instead of an answer, an answer that never arrives or is not true, or company. */
export type CallOutcome =
  | 'answered'
  | 'answerLost'
  | 'handlerDies'
  | 'handlerDiesBefore'
  | 'handlerOutlives'
  | 'stale'
  | 'empty'
  | 'oldRouting'
  | { readonly error: Error }
  | { readonly act: OperatorAction };

/** The words of a scenario that are no error's name. */
const words: Readonly<Record<string, CallOutcome>> = {
  timeout: 'answerLost',
  crash: 'handlerDies',
  crashBefore: 'handlerDiesBefore',
  outlive: 'handlerOutlives',
  stale: 'stale',
  empty: 'empty',
  oldRouting: 'oldRouting',
};

/** HTTP codes of errors whose code decides how the SDK treats them; every other is a 400. */
const statusOf: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ResourceConflictException: 409,
  PreconditionFailedException: 412,
  TooManyRequestsException: 429,
  ServiceException: 500,
  InternalServiceError: 500,
  InternalFailure: 500,
  InternalException: 500,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
};

/** Deals out the faults that a scenario asks for. Every attempt of the SDK is a call and counts. */
export class Faults {
  readonly #planned: readonly AwsFault[];
  readonly #counted = new Map<string, number>();

  constructor(planned: readonly AwsFault[]) {
    this.#planned = planned;
  }

  /** How often each call was made, by its name such as `lambda:UpdateAlias`. */
  get counted(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counted].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  fateOf(call: string): CallOutcome {
    const count = (this.#counted.get(call) ?? 0) + 1;
    this.#counted.set(call, count);
    const fault = this.#planned.find(
      (each) => each.call === call && count >= each.nth && count < each.nth + each.times,
    );
    if (!fault) return 'answered';
    if (fault.operator) return { act: fault.operator };
    return words[fault.fail] ?? { error: exceptionOf(call, fault.fail) };
  }
}

type ExceptionClass = new (options: object) => Error;

/** The SDK's own exception class where the service has one of that name, else the service's base class with that name. */
export function exceptionOf(call: string, name: string): Error {
  const [namespace, Base] = (
    {
      lambda: [lambda, lambda.LambdaServiceException],
      cloudwatch: [cloudwatch, cloudwatch.CloudWatchServiceException],
      events: [events, events.EventBridgeServiceException],
    } as unknown as Record<string, [Record<string, unknown>, ExceptionClass]>
  )[call.split(':')[0] as string] ?? [{}, lambda.LambdaServiceException as unknown as ExceptionClass];
  const httpStatusCode = statusOf[name] ?? (/Throttl/.test(name) ? 400 : /Internal|Unavailable/.test(name) ? 500 : 400);
  const options = {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    message: `${name} (injected by the scenario)`,
    $metadata: { httpStatusCode },
  };
  const Specific = namespace[name];
  return typeof Specific === 'function' ? new (Specific as ExceptionClass)(options) : new Base(options);
}
