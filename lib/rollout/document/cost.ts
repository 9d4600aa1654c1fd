import { LAMBDA_GIGABYTE_SECOND, LAMBDA_REQUEST } from '../prices.ts';

/** A rollout's use of AWS. */
export interface Usage {
  /** State transitions of Step Functions. */
  readonly stateTransitions: number;
  /** Invocations of the controller's functions. */
  readonly lambdaInvocations: number;
  /** Calls of AWS by name, such as `lambda:UpdateAlias`. */
  readonly awsCalls: Readonly<Record<string, number>>;
  /**
   * What the queries of logs have scanned, in bytes.
   *
   * @default nothing
   */
  readonly bytesScanned?: number;
}

/** US dollars in us-east-1, from the AWS price pages as of 2026-11. */
const STATE_TRANSITION = 0.025 / 1000;
const METRIC_REQUESTED = 0.01 / 1000;
const API_REQUEST = 0.01 / 1000;
const EVENT_PUT = 1 / 1_000_000;
const BYTE_SCANNED = 0.005 / 1e9;

/** The billed size of one invocation of a controller's function: 256 MB for an assumed 200 ms. */
const GIGABYTE_SECONDS = 0.25 * 0.2;
/** Both versions' invocations and errors. */
const METRICS_PER_CALL = 4;

/** The cost of that use in US dollars, beyond any free tier. Lambda's control plane and AWS's own events are free. */
export function dollars({ stateTransitions, lambdaInvocations, awsCalls, bytesScanned = 0 }: Usage): number {
  const calls = (name: string) => awsCalls[name] ?? 0;
  const total =
    stateTransitions * STATE_TRANSITION +
    lambdaInvocations * (LAMBDA_REQUEST + GIGABYTE_SECONDS * LAMBDA_GIGABYTE_SECOND.arm64) +
    calls('cloudwatch:GetMetricData') * METRICS_PER_CALL * METRIC_REQUESTED +
    (calls('cloudwatch:DescribeAlarms') + calls('cloudwatch:DescribeAlarmHistory')) * API_REQUEST +
    calls('events:PutEvents') * EVENT_PUT +
    bytesScanned * BYTE_SCANNED;
  return Math.round(total * 1_000_000) / 1_000_000;
}
