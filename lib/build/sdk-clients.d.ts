/**
 * Stands in the declarations of `sluice/operations` for the clients of the AWS SDK, which are bundled: as much of them as a program
 * needs to pass clients of its own, of any release 3 of the SDK.
 */

/** A client of the AWS SDK for JavaScript, release 3. */
interface SdkClient {
  /** Sends one of the commands of the client's service. */
  send(command: never): Promise<unknown>;
  /** Closes the connections. */
  destroy(): void;
}

/** An SDK client of AWS Lambda. */
export interface LambdaClient extends SdkClient {}
/** An SDK client of AWS Step Functions. */
export interface SFNClient extends SdkClient {}
/** An SDK client of AWS Systems Manager. */
export interface SSMClient extends SdkClient {}
/** An SDK client of the Resource Groups Tagging API. */
export interface ResourceGroupsTaggingAPIClient extends SdkClient {}

/** The credentials of an AWS identity. */
interface Identity {
  /** The access key, for example `AKIA...`. */
  readonly accessKeyId: string;
  /** The secret of the access key. */
  readonly secretAccessKey: string;
  /** The token that temporary credentials have. */
  readonly sessionToken?: string;
  /** When temporary credentials end. */
  readonly expiration?: Date;
}

/** Where clients call AWS, and as whom. */
export interface LambdaClientConfig {
  /** The AWS region, or a function that finds it. */
  readonly region?: string | (() => Promise<string>);
  /** The credentials, or a function that provides them, such as those of the SDK's packages `@aws-sdk/credential-providers`. */
  readonly credentials?: Identity | (() => Promise<Identity>);
}
