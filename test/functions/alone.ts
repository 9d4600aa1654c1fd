import { expect } from 'vitest';

/** Matches an alias that serves one version and has no weights; the empty object in a pattern would match any weights. */
export const alone = (version: string) => ({
  functionVersion: version,
  additionalVersionWeights: expect.toSatisfy((weights: object) => Object.keys(weights).length === 0, 'no weights'),
});
