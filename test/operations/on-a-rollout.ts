import { accountOf } from '../../lib/cli/operator-commands.ts';
import type { OperationClients } from '../../lib/operations/clients.ts';
import type { ScenarioInput } from '../../lib/rehearsal/scenario/scenario.ts';
import type { Rehearsal } from '../../lib/rehearsal/simulation/rehearse.ts';
import { CALLER } from '../cli/an-account.ts';
import { rehearsing, usual } from '../rehearsal/a-scenario.ts';

/** The alias of the rehearsed rollout. */
export const checkout = { function: 'checkout', alias: 'live' };

/** Every batch asks for an approval: the rollout waits for it at second 500. */
export const manual: Partial<ScenarioInput> = {
  policy: { ...usual.policy, batches: { count: 1, intervalSeconds: 60, approval: 'manual' } },
};

type Call = (clients: OperationClients) => Promise<unknown>;

/** Calls operations at seconds of a rehearsal. Answers what each returned, or the error that it threw. */
export async function onARollout(
  changes: Partial<ScenarioInput>,
  ...calls: readonly (readonly [atSecond: number, call: Call])[]
): Promise<{ readonly rehearsal: Rehearsal; readonly results: readonly unknown[] }> {
  const results: unknown[] = [];
  const people = calls.map(([atSecond, call], index) => ({
    atSecond,
    does: async (clients: Parameters<typeof accountOf>[0]) => {
      results[index] = await call({ ...accountOf(clients), caller: async () => CALLER }).catch((error) => error);
    },
  }));
  return { rehearsal: await rehearsing(changes, people), results };
}
