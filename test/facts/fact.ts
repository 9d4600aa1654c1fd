import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient, GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { LambdaClient, LoggingConfig } from '@aws-sdk/client-lambda';
import type { SFNClient } from '@aws-sdk/client-sfn';

/** Who is asked: the rehearsal's AWS, an endpoint that stands in for AWS, or a real account. */
export type Side = 'rehearsal' | 'emulator' | 'account';

/** Where a fact comes from. */
export type Source =
  /** It was recorded on AWS: test and date, with the tags of the project's list of recorded facts. */
  | { readonly recorded: string }
  /** Documentation or a thread says so. */
  | { readonly said: string }
  /** Nobody has recorded it: why the design is right either way. */
  | { readonly unknown: string };

/** One behaviour of AWS that Sluice relies on, or has to get along with. */
export interface Fact {
  /** What AWS does. */
  readonly sentence: string;
  readonly source: Source;
  /** Throws where AWS does something else; of what nobody has recorded it answers what was found. */
  readonly check: (aws: Fixture) => Promise<unknown>;
  /** What a side is known to do instead. */
  readonly differs?: Partial<Record<Side, string>>;
  /** Why a side cannot be asked. */
  readonly unchecked?: Partial<Record<Side, string>>;
}

/** A function with two published versions and an alias at the first of them, one alias for each fact; and what else is there. */
export interface Fixture {
  readonly clients: {
    readonly lambda: LambdaClient;
    readonly sfn: SFNClient;
    readonly cloudwatch: CloudWatchClient;
    readonly logs: CloudWatchLogsClient;
    readonly cloudformation: CloudFormationClient;
  };
  readonly functionName: string;
  readonly aliasName: string;
  readonly versions: { readonly stable: string; readonly candidate: string };
  /** Publishes a further version, unlike those before unless the function is given a description that it had; answers its name. */
  publish(change?: Published): Promise<string>;
  tag(key: string, value: string): Promise<void>;
  /** A metric of the function that has data in at least two periods, newest included in what is asked for. */
  series(): Promise<Pick<GetMetricDataCommandInput, 'MetricDataQueries' | 'StartTime' | 'EndTime'>>;
  readonly log: Log;
  readonly machine: Machine;
  /** The status event of an execution that failed with error `OnPurpose` and cause `as asked`, and what it was started with. */
  statusEvent(): Promise<{ readonly event: unknown; readonly input: unknown }>;
  /** The event of the fixture's alarm going to ALARM for the reason that is given. */
  alarmEvent(reason: string): Promise<unknown>;
  /** Asks again and again until there is an answer. */
  eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T>;
}

/** What a version is unlike the ones before. */
export interface Published {
  readonly anotherRole?: boolean;
  readonly description?: string;
  /** How it logs, where that is not as JSON at INFO to the function's own group. */
  readonly logging?: Pick<LoggingConfig, 'SystemLogLevel' | 'LogGroup'>;
}

/** The log of the function. */
export interface Log {
  /** The log group that is the function's own. */
  readonly group: string;
  /** One that it may name instead. */
  readonly otherGroup: string;
  /** Lets the alias serve requests, of which some fail; answers how many there are at least. */
  served(): Promise<{ readonly least: number }>;
}

/** What the state machine of the facts is to do; see machine.ts. */
export type Asked =
  | { readonly do: 'throw' | 'callNobody' | 'timeOut' | 'pathToNothing' | 'fail' | 'ask' | 'askBriefly' | 'askInVain' }
  /** Waits for longer than an execution may take. */
  | { readonly do: 'outlast' }
  | { readonly do: 'wait'; readonly seconds: number };

/** An execution, running or ended. */
export interface Started {
  readonly arn: string;
  readonly name: string;
}

/** How an execution ended. */
export interface Ended {
  readonly status: string;
  readonly error: string | null;
  readonly cause: string | null;
  readonly output: unknown;
}

/** Runs executions of the facts' state machine, on each side as that side runs them. */
export interface Machine {
  readonly arn: string;
  start(asked: Asked): Promise<Started>;
  ended(execution: Started): Promise<Ended>;
  stop(execution: Started): Promise<void>;
}
