/** The names of what both versions are compared by anyway: no signal of a policy may bear one. */
export const RESERVED_STREAMS: readonly string[] = ['errors', 'throttles', 'latency'];
