/** The names of what both versions are compared by that is no signal of the policy's. */
export const THROTTLES = 'throttles';
export const LATENCY = 'latency';

/** No signal of a policy may bear one of these names. */
export const RESERVED_STREAMS: readonly string[] = ['errors', THROTTLES, LATENCY];
