import fc from 'fast-check';
import { type AliasState, allTrafficTo, split } from '../../../lib/rollout/alias/alias.ts';
import { describeEnd, describeShift } from '../../../lib/rollout/alias/description.ts';
import { execution, T0 } from '../a-rollout.ts';

const version = fc.constantFrom('39', '40', '41', '42', '43');
const percent = fc.integer({ min: 1, max: 100 });

/** Any routing of one or two of five versions, the rollout's 41 and 42 among them. */
export const aRouting = fc
  .tuple(version, version, fc.oneof(percent, fc.constantFrom(10, 40, 70, 100)), fc.boolean())
  .map(([main, other, weight, alone]) => (alone || main === other ? allTrafficTo(main) : split(main, other, weight)));

/** Any execution, this rollout's among them. One name started at one time. */
export const aWriter = fc.constantFrom(
  { execution: 'deploy-6', startedAt: T0 - 600 },
  { execution: execution.name, startedAt: T0 },
  { execution: 'deploy-8', startedAt: T0 + 60 },
);

/** What a person may write, what a rollout writes with a weight, and what it writes at its end. */
const aDescription = fc.oneof(
  fc.constantFrom('', 'our production alias'),
  fc
    .tuple(aWriter, fc.constantFrom(10, 40, 70, 100), version)
    .map(([writer, weight, candidate]) =>
      describeShift({ stable: '41', candidate, weight, ...writer }, { number: 1, of: 4 }),
    ),
  fc
    .tuple(aWriter, fc.constantFrom('promoted', 'reverted'))
    .map(([writer, did]) => describeEnd({ did, from: '42', to: '41', reason: 'so it was', ...writer })),
);

/** Any alias, as whoever may have left it. */
export const anAlias: fc.Arbitrary<AliasState> = fc
  .tuple(aRouting, aDescription)
  .map(([routing, description]) => ({ ...routing, description, revisionId: 'r' }));
