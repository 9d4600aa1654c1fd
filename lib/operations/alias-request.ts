/** An alias, as far as it must be named. */
export interface AliasRequest {
  /** The function, by name or by its ARN without a qualifier. The account and region are those of the clients. */
  readonly function: string;
  /**
   * The alias.
   *
   * @default the only alias of the function that Sluice shifts
   */
  readonly alias?: string;
}

/** An alias, and the controller that shifts it. */
export interface RolloutRequest extends AliasRequest {
  /**
   * The ARN of the state machine that shifts the alias.
   *
   * @default the controller that the stack of the alias has registered
   */
  readonly controller?: string;
}
