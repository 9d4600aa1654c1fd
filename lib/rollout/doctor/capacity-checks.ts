import { type Check, ok, problem, warning } from './check.ts';

/** How much of its concurrency a function and its account have used within the last day. */
export interface CapacityFacts {
  /** The reserved concurrency of the function; null if it takes from the unreserved concurrency of the account. */
  readonly reserved: number | null;
  /** The most executions of the function at once; null if there is no data. */
  readonly functionPeak: number | null;
  /** The account's concurrency that no function has reserved; null if it could not be read. */
  readonly unreserved: number | null;
  /** The most of it that was used at once; null if there is no data. */
  readonly unreservedPeak: number | null;
  readonly throttles: number;
}

/** From this share on a limit is near. */
const NEAR = 0.8;

/** Whether the function can run as often as it is asked to: what is throttled fails and counts as no error. */
export function capacityChecks(facts: CapacityFacts): readonly Check[] {
  const { throttles } = facts;
  return [
    facts.reserved === null ? headroom(facts) : reservation(facts.reserved, facts.functionPeak),
    throttles === 0
      ? ok('throttles', 'none in the last 24 h')
      : warning(
          'throttles',
          `${throttles} invocations of the function were throttled in the last 24 h`,
          'raise its reserved concurrency, or the quota of the account',
        ),
  ];
}

function reservation(reserved: number, peak: number | null): Check {
  if (reserved === 0) {
    return problem(
      'concurrency',
      'its reserved concurrency is 0: every invocation is throttled',
      'aws lambda delete-function-concurrency, or put-function-concurrency with a number',
    );
  }
  return judged(peak, reserved, 'its reserved concurrency', 'raise it: aws lambda put-function-concurrency');
}

const headroom = ({ unreserved, unreservedPeak }: CapacityFacts): Check =>
  unreserved === null
    ? warning('concurrency', "the account's limits were not read", 'allow lambda:GetAccountSettings to who asks')
    : judged(
        unreservedPeak,
        unreserved,
        "the account's unreserved concurrency",
        'raise the quota "Concurrent executions" of the account, or reserve some for this function',
      );

function judged(peak: number | null, limit: number, what: string, todo: string): Check {
  const found = `${peak ?? 0} of ${limit} used at most in the last 24 h, of ${what}`;
  return (peak ?? 0) >= NEAR * limit ? warning('concurrency', found, todo) : ok('concurrency', found);
}
