/**
 * An operation was refused: nothing was started, written or answered. Each subclass is one cause, so that a program can tell them
 * apart with `instanceof`. Failures of AWS are not among them: the SDK's own errors pass through.
 */
export class Refused extends Error {
  /** The name of the class. */
  override readonly name: string = 'Refused';
}

/** One field of a request that was refused. */
export interface RefusedField {
  /** The path of the field, such as `version` or `policy.canary.weight`; empty for the request itself. */
  readonly path: string;
  /** The value that was found, as JSON of one line; undefined if `expected` says it all. */
  readonly found: string | undefined;
  /** The value that was expected, in words. */
  readonly expected: string;
}

/** The request has an unknown field, a wrong type or an impossible value. */
export class InvalidRequest extends Refused {
  override readonly name = 'InvalidRequest';
  /** Every field that was refused. */
  readonly fields: readonly RefusedField[];

  constructor(fields: readonly RefusedField[]) {
    super(fields.map(inWords).join('; '));
    this.fields = fields;
  }
}

const inWords = ({ path, found, expected }: RefusedField): string => {
  const wanted = expected.startsWith('expected') ? expected : `expected ${expected}`;
  return `${path || 'the request'}: ${wanted}${found === undefined ? '' : `, found ${found}`}`;
};

/** The alias does not exist, or no alias of the function and no group of that name is known to Sluice. */
export class AliasNotFound extends Refused {
  override readonly name = 'AliasNotFound';
  /** The function's name. */
  readonly functionName: string;
  /** The alias that was named; undefined if only the function was. */
  readonly aliasName: string | undefined;

  constructor(functionName: string, aliasName?: string) {
    super(
      aliasName === undefined
        ? `no alias of ${functionName} and no group of that name is known to Sluice in this account and region`
        : `there is no alias ${functionName}:${aliasName} in this account and region`,
    );
    this.functionName = functionName;
    this.aliasName = aliasName;
  }
}

/** Only the function was named, and Sluice shifts several of its aliases. */
export class AliasAmbiguous extends Refused {
  override readonly name = 'AliasAmbiguous';
  /** The names of the aliases, one of which the request must name. */
  readonly aliasNames: readonly string[];

  constructor(functionName: string, aliasNames: readonly string[]) {
    super(`${functionName} has several aliases: ${aliasNames.join(', ')}`);
    this.aliasNames = aliasNames;
  }
}

/** Neither the request nor a parameter of the stack names the controller of the alias. */
export class ControllerUnknown extends Refused {
  override readonly name = 'ControllerUnknown';
}

/** The published version that was asked for does not exist. */
export class VersionNotFound extends Refused {
  override readonly name = 'VersionNotFound';
}

/** The request names no policy, and the stack has deployed none. */
export class PolicyNotFound extends Refused {
  override readonly name = 'PolicyNotFound';
}

/** An execution of this name exists that has ended or has other input. */
export class ExecutionExists extends Refused {
  override readonly name = 'ExecutionExists';
  /** The ARN of that execution. */
  readonly executionArn: string;

  constructor(execution: string, executionArn: string) {
    super(`an execution ${execution} exists already, which has ended or has other input; nothing was started`);
    this.executionArn = executionArn;
  }
}

/** No rollout of the alias is under way. */
export class NoRolloutUnderWay extends Refused {
  override readonly name = 'NoRolloutUnderWay';
}

/** The alias has had no rollout for as long as Step Functions remembers: 90 days. */
export class NoRollout extends Refused {
  override readonly name = 'NoRollout';
}

/** The rollout does not wait for an approval. */
export class NotWaiting extends Refused {
  override readonly name = 'NotWaiting';
  /** What the rollout says that it is doing. */
  readonly reason: string;

  constructor(alias: string, reason: string) {
    super(`the rollout of ${alias} does not wait for an approval; nothing was done`);
    this.reason = reason;
  }
}

/** Somebody else answered the approval, or its time ran out, while this answer was on its way. */
export class AlreadyAnswered extends Refused {
  override readonly name = 'AlreadyAnswered';
}

/** The alias cannot be given its next weight now; the message says why. */
export class CannotAdvance extends Refused {
  override readonly name = 'CannotAdvance';
}

/** The alias cannot be rolled back; the message says why. */
export class CannotRollBack extends Refused {
  override readonly name = 'CannotRollBack';
}

/** There is no execution of that name, or it is none of a rollout. */
export class ExecutionNotFound extends Refused {
  override readonly name = 'ExecutionNotFound';

  constructor(execution: string) {
    super(`no rollout ${execution} is known in this account and region; Step Functions keeps executions for 90 days`);
  }
}

/** The rollout has come to another place than the request was meant for. */
export class MovedOn extends Refused {
  override readonly name = 'MovedOn';
}
