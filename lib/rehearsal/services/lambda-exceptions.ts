import * as sdk from '@aws-sdk/client-lambda';

/** Lambda's exceptions with the texts and codes that AWS gives them. */
export const notFound = (message: string) =>
  new sdk.ResourceNotFoundException({ Message: message, message, $metadata: { httpStatusCode: 404 } });

export const conflict = (message: string) =>
  new sdk.ResourceConflictException({ message, $metadata: { httpStatusCode: 409 } });

export const invalidParameter = (message: string) =>
  new sdk.InvalidParameterValueException({ message, $metadata: { httpStatusCode: 400 } });

/** A value that breaks the API's own model. */
export const refusedByModel = (message: string) =>
  new sdk.LambdaServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message: `1 validation error detected: ${message}`,
    $metadata: { httpStatusCode: 400 },
  });

/** Documented, not recorded. (hashicorp/terraform#24957) */
export const weightsAndProvisionedConcurrency = () =>
  invalidParameter('Alias with weights can not be used with Provisioned Concurrency');

/** What Lambda says of an idle version that is on its way back. (AWS: Lambda's model.) */
export const notReady = (version: string) =>
  new sdk.ResourceNotReadyException({
    Type: 'User',
    message: `The function is inactive and its resources are not ready yet: ${version}`,
    $metadata: { httpStatusCode: 502 },
  });

/** What Lambda says of a version that it cannot invoke. */
export const notInvocable = (state: string) =>
  conflict(
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  );
