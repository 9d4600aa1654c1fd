/** An alias, as far as it must be named, or a group of them. */
export interface AliasRequest {
  /**
   * The function, by name or by its ARN without a qualifier. Without an alias it may be the name of a group; a function of that name comes
   * first. The account and region are those of the clients.
   */
  readonly function: string;
  /**
   * The alias. A member of a group stands for the group: its rollout is that of all members.
   *
   * @default the only alias of the function that Sluice shifts
   */
  readonly alias?: string;
}

/** An alias or a group, and the controller that shifts it. */
export interface RolloutRequest extends AliasRequest {
  /**
   * The ARN of the state machine that shifts the alias, or the name of a standalone controller.
   *
   * @default the controller that the stack of the alias has registered
   */
  readonly controller?: string;
}
