import * as z from 'zod';
import {
  type AliasState,
  allTrafficTo,
  carriesWeights,
  type Routing,
  routingInWords,
  sameRouting,
} from '../alias/alias.ts';
import {
  describeEnd,
  type End,
  endOf,
  previousOf,
  type Writer,
  withoutBookkeeping,
  writerOf,
} from '../alias/description.ts';
import { groupNameSchema } from '../contracts/group-registration.ts';
import { oneLine } from '../contracts/text.ts';
import { aliasNameSchema, functionSchema, versionSchema } from '../document/start.ts';
import { PUT_BACK } from './external-change.ts';

/**
 * A request for a rollback: the input of an execution that is started by hand, or the payload that the Systems Manager document hands
 * to the revert function. If `function` is left out, `alias` may name both (`checkout:live`), or a group. If all are left out, the
 * executions of the state machine must leave no doubt which alias or group is meant.
 */
export const rollbackInputSchema = z.strictObject({
  operation: z.literal('rollback'),
  function: functionSchema.optional(),
  alias: z.union([aliasNameSchema, z.templateLiteral([functionSchema, ':', aliasNameSchema])]).optional(),
  /** A group, whose last rollout is taken back. */
  group: groupNameSchema.optional(),
  /** The version to go back to. Left out: the one that the alias itself names. */
  version: versionSchema.optional(),
  reason: z.string().max(500).default('asked for by hand'),
  by: z.string().max(256).optional(),
});
export type RollbackInput = z.output<typeof rollbackInputSchema>;

/** How to go back on an alias as it was read. */
export type RollbackDecision =
  | {
      readonly kind: 'write';
      readonly to: Routing;
      readonly from: string;
      readonly writer: Writer | undefined;
      /** Whether this ends a rollout, which then has weights, or what one had left. */
      readonly midway: boolean;
    }
  | { readonly kind: 'done' | 'refuse'; readonly why: string };

/**
 * The version that a rollback leads to. An alias that carries weights goes back to its primary version, which stays the stable one until a
 * rollout's last write. An alias without weights goes back to the version that it served before its last promotion, which its
 * description names. An alias that Sluice has reverted goes one further back: to the version that its stable one took over from. After a
 * person has put it back it does nothing, so that asking twice is harmless. A version that the request names is taken as it is.
 */
export function rollbackOf(alias: AliasState | null, version?: string): RollbackDecision {
  if (!alias) return { kind: 'refuse', why: 'the alias does not exist' };
  const { execution, startedAt } = writerOf(alias) ?? {};
  const writer = execution === undefined || startedAt === undefined ? undefined : { execution, startedAt };
  const from = Object.keys(alias.additionalVersionWeights)[0] ?? alias.functionVersion;
  if (version !== undefined) {
    const to = allTrafficTo(version);
    return sameRouting(alias, to)
      ? { kind: 'done', why: `the alias serves ${version} alone already` }
      : {
          kind: 'write',
          to,
          from: from === version ? alias.functionVersion : from,
          writer,
          midway: carriesWeights(alias),
        };
  }
  if (carriesWeights(alias))
    return { kind: 'write', to: allTrafficTo(alias.functionVersion), from, writer, midway: true };
  const end = endOf(alias);
  if (end?.to === alias.functionVersion) {
    const previous = previousOf(alias);
    if (previous !== undefined) {
      return { kind: 'write', to: allTrafficTo(previous), from: alias.functionVersion, writer, midway: false };
    }
    return isByHand(end)
      ? { kind: 'done', why: putBackAlready(end) }
      : {
          kind: 'refuse',
          why: `the alias was put back from ${end.from} to ${end.to} already (${end.reason}), and its description does not record the version before ${end.to}; name a version to go back further`,
        };
  }
  return {
    kind: 'refuse',
    why: `the alias serves ${routingInWords(alias)}, and its description does not record the previous version; name a version`,
  };
}

/** That a revert or a rollback has come first. */
export const putBackAlready = ({ to, reason }: End): string =>
  `the alias was put back to ${to} already: ${reason}; name a version to go back further`;

/** Whether a person put the alias back: by a rollback, or by writing it. */
export const isByHand = ({ reason }: End): boolean => reason.startsWith(ROLLBACK) || reason.startsWith(PUT_BACK);

/** How the reason of every rollback begins that a person asked for. */
const ROLLBACK = 'rollback';

/**
 * The description of an alias after a rollback. Whose rollout it was stays legible, so that the rollout understands it as its end. If it
 * was nobody's, the description has a form that tells of no execution, whatever the reason says.
 */
export function describeRollback(
  { to, from, writer }: RollbackDecision & { readonly kind: 'write' },
  given: string,
): string {
  const reason = given.startsWith(ROLLBACK) ? given : `${ROLLBACK}: ${given}`;
  return writer
    ? describeEnd({ did: 'reverted', from, to: to.functionVersion, reason, ...writer })
    : `sluice: rolled back ${from} -> ${to.functionVersion}: ${oneLine(reason)}`;
}

/** Why the alias was put back, with who asked for it. */
export const rollbackReason = ({ reason, by }: Pick<RollbackInput, 'reason' | 'by'>): string =>
  oneLine(withoutBookkeeping(`${ROLLBACK}${by ? ` by ${by}` : ''}: ${reason}`));
