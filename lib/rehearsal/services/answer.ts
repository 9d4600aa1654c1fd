/** A call as the service takes it: the permission that it needs, and its effect. */
export interface Answer {
  /** The ARN that IAM judges the call on; `*` if the service knows nothing narrower. */
  readonly resource: string;
  /**
   * The IAM action.
   *
   * @default the call's own name
   */
  readonly action?: string;
  /**
   * Further IAM actions without which the answer is not complete.
   *
   * @default none
   */
  readonly also?: readonly string[];
  /** Carries the call out and returns its output. @throws the service's own exceptions */
  readonly output: () => object | Promise<object>;
}

/** The calls of a service, each by its full name such as `lambda:GetAlias`. A further call is one more entry. */
export type Answers = Readonly<Record<string, (input: never, caller: string) => Answer>>;
