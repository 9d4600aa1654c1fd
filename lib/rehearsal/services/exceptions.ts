import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as events from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';

/** HTTP codes of errors whose code decides how the SDK treats them; every other one is a 400. */
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

type ExceptionClass = new (options: object) => Error;

interface ServiceExceptions {
  readonly all: Readonly<Record<string, unknown>>;
  readonly base: ExceptionClass;
}

const exceptionsOf = (all: object, base: unknown): ServiceExceptions => ({
  all: all as Readonly<Record<string, unknown>>,
  base: base as ExceptionClass,
});

const exceptions: Readonly<Record<string, ServiceExceptions>> = {
  lambda: exceptionsOf(lambda, lambda.LambdaServiceException),
  cloudwatch: exceptionsOf(cloudwatch, cloudwatch.CloudWatchServiceException),
  events: exceptionsOf(events, events.EventBridgeServiceException),
};

/** Of a service whose exceptions are not listed: the SDK retries by name and HTTP code, and asks for no class. */
const anyService = exceptionsOf({}, lambda.LambdaServiceException);

/**
 * An error of AWS as the SDK throws it: of the SDK's own class if the service has one of that name, else of the service's base
 * class with that name.
 *
 * @param call such as `lambda:UpdateAlias`
 */
export function exceptionOf(call: string, name: string): Error {
  const { all, base: Base } = exceptions[call.split(':')[0] as string] ?? anyService;
  const httpStatusCode = statusOf[name] ?? (/Internal|Unavailable/.test(name) && !/Throttl/.test(name) ? 500 : 400);
  const options = {
    name,
    $fault: httpStatusCode >= 500 ? 'server' : 'client',
    message: `${name} (injected by the scenario)`,
    $metadata: { httpStatusCode },
  };
  const Specific = all[name];
  return typeof Specific === 'function' ? new (Specific as ExceptionClass)(options) : new Base(options);
}
