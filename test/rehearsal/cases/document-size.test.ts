import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { loadController } from '../../../lib/cli/load-controller.ts';
import { scenarioSchema } from '../../../lib/rehearsal/scenario/scenario.ts';
import type { Execution } from '../../../lib/rehearsal/services/execution.ts';
import { rehearse } from '../../../lib/rehearsal/simulation/rehearse.ts';
import type { Actor } from '../../../lib/rehearsal/simulation/setup.ts';
import { bytesOf, LONGEST_DOCUMENT } from '../../../lib/rollout/document/bounds.ts';

it.each([
  ['sixty comments of wide characters', 60, { by: 'ada', comment: '認'.repeat(199) }],
  [
    'forty answers of a program, name and comment of wide characters',
    40,
    { by: '認'.repeat(490), comment: '認'.repeat(490) },
  ],
])('every result of a handler leaves room, and the good version is promoted, after %s', async (_, steps, answer) => {
  let execution: Execution | undefined;
  let [largest, approvals] = [0, 0];
  const people = Array.from(
    { length: steps + 3 },
    (_each, index): Actor => ({
      atSecond: 30 * (index + 1),
      does: async ({ sfn }) => {
        const taskToken = execution?.waitingToken();
        if (!taskToken) return;
        approvals++;
        await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(answer) }));
      },
    }),
  );
  const { result } = await rehearse(
    scenarioSchema.parse({
      traffic: { requestsPerSecond: 1 },
      policy: {
        steps: Array.from({ length: steps }, (_each, index) => ({
          weight: index === steps - 1 ? 100 : index + 1,
          bakeSeconds: 1,
          approval: 'manual',
        })),
      },
    }),
    loadController(),
    {
      onExecution: (started) => {
        execution = started;
      },
      onTask: ({ state, output }) => {
        // What waits for an approval has the answer of a person beside the document.
        if (state !== 'AwaitApproval') largest = Math.max(largest, bytesOf(output ?? null));
      },
    },
    people,
  );
  expect(result.outcome).toBe('promoted');
  expect(approvals).toBe(steps);
  expect(largest).toBeGreaterThan(20_000);
  expect(largest).toBeLessThanOrEqual(LONGEST_DOCUMENT);
});
