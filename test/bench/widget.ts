import { create } from '../../functions/widget.ts';
import { lambda, sfn, ssm } from '../../lib/aws/handler/clients.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { registrationName } from '../../lib/rollout/contracts/registration.ts';
import { VERSION_TAG } from '../../lib/rollout/contracts/tags.ts';
import { widgetActions } from '../../lib/rollout/contracts/widget.ts';
import type { Rollout } from '../../lib/rollout/document/rollout.ts';
import { answering } from '../aws/answering.ts';
import { atStep, T0 } from '../rollout/a-rollout.ts';

const STEPS = 20;
const LOOKS = 200;
const PAST = 10;
const RUNS = 20;
const STEP_SECONDS = 600;

const target = { function: 'checkout', alias: 'live' };
const policy = {
  steps: Array.from({ length: STEPS }, (_, index) => ({ weight: 5 * index + 5, bakeSeconds: STEP_SECONDS })),
  evidence: {},
  // The usual policy of tests has these instead.
  canary: undefined,
  batches: undefined,
  settleSeconds: undefined,
};
const counts = { stable: { invocations: 9000, errors: 12 }, candidate: { invocations: 1000, errors: 3 } };

/** A rollout as a look has left it. */
function documentAfter(look: number): Rollout {
  const step = Math.min(STEPS - 1, Math.floor((look / LOOKS) * STEPS));
  const rollout = atStep(step, policy as never);
  const passed = rollout.plan.slice(0, step).map(({ weight }, index) => {
    const from = T0 + index * STEP_SECONDS;
    const verdict = `${STEP_SECONDS} s at ${weight} % passed; 3 of 1000 requests failed on 42 against 12 of 9000`;
    return { weight, from, until: from + STEP_SECONDS, requests: counts, verdict };
  });
  const journal = passed.map(({ from, weight, verdict }) => ({ at: from, event: 'shifted', weight, reason: verdict }));
  return {
    ...rollout,
    passed,
    journal: journal as Rollout['journal'],
    shiftedAt: T0 + step * STEP_SECONDS,
    current: counts,
  };
}

const arnOf = (index: number) => `${MACHINE.replace(':stateMachine:', ':execution:')}:deploy-${index}`;
const input = JSON.stringify({ function: 'checkout', alias: 'live', version: '42' });

const executions = Array.from({ length: PAST + 1 }, (_, index) => ({
  executionArn: arnOf(index),
  name: `deploy-${index}`,
  input,
  startDate: new Date(T0 * 1000),
  ...(index === 0 ? { status: 'RUNNING' } : { status: 'SUCCEEDED', stopDate: new Date((T0 + 3600) * 1000) }),
}));

const events = Array.from({ length: LOOKS }, (_, look) => ({
  type: 'TaskStateExited',
  timestamp: new Date((T0 + (look * STEPS * STEP_SECONDS) / LOOKS) * 1000),
  stateExitedEventDetails: { name: 'Observe', output: JSON.stringify(documentAfter(look)) },
})).reverse();

/** What AWS answers, at once. */
function answer(command: string, request: Readonly<Record<string, unknown>>): object {
  switch (command) {
    case 'GetParametersByPathCommand': {
      const Value = JSON.stringify({ schema: 1, stateMachineArn: MACHINE });
      return {
        Parameters: [{ Name: `${registrationName('checkout', 'live')}/bench`, Value, LastModifiedDate: new Date(0) }],
      };
    }
    case 'ListTagsForResourceCommand':
      return { tags: [{ key: VERSION_TAG, value: 'bench' }] };
    case 'ListExecutionsCommand':
      return { executions };
    case 'DescribeExecutionCommand':
      return executions.find(({ executionArn }) => executionArn === request['executionArn']) ?? {};
    case 'GetExecutionHistoryCommand':
      return { events: events.slice(0, Number(request['maxResults'])) };
    default:
      return { FunctionVersion: '41', RoutingConfig: { AdditionalVersionWeights: { 42: 0.95 } }, RevisionId: 'r' };
  }
}

const where = { region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
const handler = create({
  clients: {
    lambda: answering(lambda(where), answer),
    sfn: answering(sfn(where), answer),
    ssm: answering(ssm(where), answer),
  },
  environment: { SLUICE_WIDGET: JSON.stringify({ targets: [target], actions: widgetActions }) },
  now: () => T0 + STEPS * STEP_SECONDS,
});

async function timeOf(event: object): Promise<{ readonly milliseconds: number; readonly page: string }> {
  const begin = performance.now();
  const page = String(await handler(event));
  return { milliseconds: performance.now() - begin, page };
}

const middle = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number;

/** Prints how long the widget's function takes in itself, with an AWS that answers at once, and beside one that only describes itself. */
export async function printWidget(): Promise<void> {
  const [drawn, described]: [number[], number[]] = [[], []];
  const first = await timeOf(target);
  if (!first.page.includes(`deploy-${PAST}`) || !first.page.includes('20 of'))
    throw new Error(`not the whole page: ${first.page}`);
  for (let run = 0; run < RUNS; run++) {
    drawn.push((await timeOf(target)).milliseconds);
    described.push((await timeOf({ describe: true })).milliseconds);
  }
  const [draws, describes] = [middle(drawn), middle(described)];
  const kilobytes = Buffer.byteLength(first.page) / 1024;
  console.log(
    `widget of ${STEPS} steps, ${PAST} rollouts     ${draws.toFixed(0)} ms of handler time, ${first.milliseconds.toFixed(0)} ms the first time, ${kilobytes.toFixed(0)} KB`,
  );
  console.log(
    `                                     ${(draws / describes).toFixed(0)} times a handler that only describes itself (${describes.toFixed(3)} ms)`,
  );
}
