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
