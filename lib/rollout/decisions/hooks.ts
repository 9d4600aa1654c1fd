import * as z from 'zod';
import { arnBeside } from '../contracts/arn.ts';
import { oneLine } from '../contracts/text.ts';
import { membersOf } from '../document/members.ts';
import { identityOf, type Rollout } from '../document/rollout.ts';

/** The moments at which a policy's hooks are called, and where the rollout goes past them. */
const past = { beforeTraffic: 'shift', eachStep: 'bake', afterTraffic: 'promote' } as const;
export type HookStage = keyof typeof past;

/** Where the rollout goes next: to the stage's hooks if the policy names any that have not agreed yet, else past them. */
export const nextThroughHooks = (rollout: Rollout, stage: HookStage): Rollout['next'] =>
  rollout.policy.hooks[stage].length > 0 && !(stage === 'afterTraffic' && rollout.agreed) ? stage : past[stage];

/**
 * The stage whose hooks are to be called.
 *
 * @throws Error if the rollout is at none
 */
export function stageOf({ next }: Rollout): HookStage {
  if (Object.hasOwn(past, next)) return next as HookStage;
  throw new Error(`expected a rollout at a stage with hooks, found one at ${next}`);
}

/** The first definition of the state machine that can look at the alias once more between the last hooks and the promotion. */
const LOOKS_AFTER_HOOKS = 2;

/**
 * How the document goes on when all hooks of a stage agree. They may have taken long, and nobody has looked at the alarms and at a hold
 * meanwhile. So a look follows: before the first weight the preflight, later an observation, for which nobody waits longer than
 * without the hooks.
 *
 * An execution that began under an older definition can only be promoted or reverted after its last hooks. It is promoted, as it was
 * when that definition was deployed: a look would end in a revert of a good version, and an alarm's event still reverts it.
 *
 * @param now the time, in seconds since 1970
 */
export function agreed(rollout: Rollout, stage: HookStage, now: number): Rollout {
  switch (stage) {
    case 'beforeTraffic':
      return { ...rollout, tried: true, next: 'preflight' };
    case 'eachStep': {
      const left = Math.ceil(rollout.shiftedAt + rollout.waitSeconds - now);
      return { ...rollout, next: 'bake', waitSeconds: Math.min(rollout.waitSeconds, Math.max(0, left)) };
    }
    case 'afterTraffic':
      return rollout.definition < LOOKS_AFTER_HOOKS
        ? { ...rollout, agreed: true, next: 'promote' }
        : { ...rollout, agreed: true, next: 'bake', waitSeconds: 0 };
  }
}

/** The event that a hook is invoked with. */
export interface HookEvent {
  readonly schema: 1;
  readonly stage: HookStage;
  /** The candidate's qualified ARN: invoke it to try the version, also while it gets no traffic. */
  readonly candidate: string;
  /** The same of every member of a group, the first one included. Left out if the rollout shifts one alias. */
  readonly candidates?: readonly string[];
  readonly rollout: ReturnType<typeof identityOf>;
}

export function hookEvent(rollout: Rollout, stage: HookStage): HookEvent {
  const candidates = membersOf(rollout).map((member) => `${functionArnOf(member)}:${member.candidate}`);
  return {
    schema: 1,
    stage,
    candidate: candidates[0] as string,
    ...(candidates.length > 1 ? { candidates } : {}),
    rollout: identityOf(rollout),
  };
}

/** The function's ARN; of one that was named only, it is in the account and region of the execution. */
function functionArnOf({ functionName, execution }: Rollout): string {
  return functionName.startsWith('arn:') ? functionName : arnBeside(execution.id, 'lambda', `function:${functionName}`);
}

const refusal = z.object({ ok: z.literal(false), reason: z.string().catch('it gave no reason') });

/** Why a hook's answer refuses the candidate; undefined if it does not. Anything but `{ "ok": false }` agrees. */
export function refusalIn(hook: string, answer: unknown): string | undefined {
  const parsed = refusal.safeParse(answer);
  return parsed.success ? `hook ${hook} refused the version: ${oneLine(parsed.data.reason)}` : undefined;
}
