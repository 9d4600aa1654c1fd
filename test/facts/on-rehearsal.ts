import type { HandlerFactory } from '../../lib/aws/handler/entry.ts';
import { MACHINE } from '../../lib/rehearsal/names.ts';
import { scenarioSchema } from '../../lib/rehearsal/scenario/scenario.ts';
import { RehearsedAws } from '../../lib/rehearsal/services/aws.ts';
import { described, type Execution, type ExecutionEnd } from '../../lib/rehearsal/services/execution.ts';
import { RehearsedLambda } from '../../lib/rehearsal/services/lambda.ts';
import { StepFunctions } from '../../lib/rehearsal/services/step-functions.ts';
import type { StepFunctionsPort } from '../../lib/rehearsal/services/step-functions-port.ts';
import { Faults } from '../../lib/rehearsal/simulation/faults.ts';
import { LambdaRuntime } from '../../lib/rehearsal/simulation/lambda-runtime.ts';
import { rehearse } from '../../lib/rehearsal/simulation/rehearse.ts';
import { EPOCH, inVirtualTime, pause, type VirtualTime } from '../../lib/rehearsal/simulation/virtual-time.ts';
import { createRandom } from '../../lib/rehearsal/world/random.ts';
import { World } from '../../lib/rehearsal/world/world.ts';
import type { Fact, Fixture } from './fact.ts';
import { machineOf, probe } from './machine.ts';

const PROBE_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:probe';

/** Checks a fact against the rehearsal's AWS, in virtual time. */
export async function checkOnRehearsal(fact: Fact): Promise<unknown> {
  failure ??= eventOfAFailure();
  const failed = await failure;
  return inVirtualTime(createRandom(1), (time) => fact.check(new OnRehearsal(time, failed)));
}

type Failed = Awaited<ReturnType<Fixture['statusEvent']>>;
let failure: Promise<Failed> | undefined;

class OnRehearsal implements Fixture {
  readonly functionName = 'checkout';
  readonly aliasName = 'live';
  readonly versions = { stable: '41', candidate: '42' };
  readonly clients: Fixture['clients'];
  readonly #failed: Failed;
  readonly #lambda: RehearsedLambda;
  readonly #stepFunctions: StepFunctions;
  readonly #executions = new Map<string, Execution>();
  readonly #ends = new Map<Execution, ExecutionEnd>();

  constructor(time: VirtualTime, failed: Failed) {
    this.#failed = failed;
    const world = new World({
      requestsPerSecond: 10,
      stable: { version: '41', errorRate: 0.1 },
      candidate: '42',
      incidents: [],
      alarms: [],
      seed: 1,
    });
    const lambda = new RehearsedLambda({ functionName: this.functionName, aliasName: this.aliasName }, '41', () => {});
    lambda.publish('42');
    this.#lambda = lambda;
    this.#stepFunctions = new StepFunctions(machineOf(PROBE_ARN, `${PROBE_ARN}-nobody`), {
      time,
      invoke: (arn, payload) => runtime.invokeArn(arn, payload),
      onTask: () => {},
      onState: () => {},
    });
    const aws = new RehearsedAws({
      lambda,
      stepFunctions: this.#executionsApi(),
      world,
      faults: new Faults([]),
      time,
      metricDelaySeconds: 60,
      registration: null,
    });
    const runtime = new LambdaRuntime(
      { probe: () => (event) => probe(event as object) },
      { probe: { arn: PROBE_ARN, timeoutSeconds: 60, environment: {} } },
      { aws, time, environment: {} },
    );
    this.clients = aws.clientsFor('facts');
  }

  #executionsApi(): StepFunctionsPort {
    return {
      start: (name, input) => this.#stepFunctions.start(name, input),
      executions: () =>
        [...this.#executions.values()].reverse().map((execution) => described(execution, this.#ends.get(execution))),
      historyOf: (arn) => this.#executions.get(arn)?.history() ?? [],
      stop: (arn) => this.#executions.get(arn)?.stop(),
      succeedTask: (token, output) => this.#stepFunctions.succeed(token, output),
      failTask: (token, error, cause) => this.#stepFunctions.fail(token, error, cause),
    };
  }

  async publish({ anotherRole = false } = {}): Promise<string> {
    const version = String(Math.max(...[...this.#lambda.versions.keys()].map(Number)) + 1);
    const published = this.#lambda.publish(version);
    if (anotherRole) published.role += '-another';
    return version;
  }

  async tag(key: string, value: string): Promise<void> {
    this.#lambda.tags[key] = value;
  }

  async series() {
    await pause(300);
    return {
      MetricDataQueries: [
        {
          Id: 'invocations',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/Lambda',
              MetricName: 'Invocations',
              Dimensions: [
                { Name: 'FunctionName', Value: this.functionName },
                { Name: 'Resource', Value: `${this.functionName}:${this.aliasName}` },
                { Name: 'ExecutedVersion', Value: '41' },
              ],
            },
            Stat: 'Sum',
            Period: 60,
          },
        },
      ],
      StartTime: new Date(EPOCH),
      EndTime: new Date(EPOCH + 240_000),
    };
  }

  readonly log: Fixture['log'] = {
    group: `/aws/lambda/${this.functionName}`,
    otherGroup: 'there is none',
    served: async () => {
      await pause(120);
      return { least: 100 };
    },
  };

  readonly machine: Fixture['machine'] = {
    arn: MACHINE,
    start: async (asked) => {
      const execution = await this.#stepFunctions.start(`facts-${this.#executions.size}`, asked);
      this.#executions.set(execution.arn, execution);
      return execution;
    },
    ended: async ({ arn }) => {
      const execution = this.#executions.get(arn) as Execution;
      const end = await execution.ended;
      this.#ends.set(execution, end);
      return end;
    },
    stop: async ({ arn }) => (this.#executions.get(arn) as Execution).stop(),
  };

  async statusEvent() {
    return this.#failed;
  }

  async alarmEvent(): Promise<unknown> {
    throw new Error('the rehearsal hands its handlers what a rule makes of an alarm, not the event itself');
  }

  async eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      await pause(1);
    }
    throw new Error(`waited in vain until ${what}`);
  }
}

/** What a whole rehearsal hands to the function that hears of bad ends, when its state machine does nothing but fail. */
async function eventOfAFailure() {
  const events: unknown[] = [];
  const revert: HandlerFactory = () => async (event) => {
    events.push(event);
    return { reverted: false };
  };
  const scenario = scenarioSchema.parse({
    traffic: { requestsPerSecond: 1 },
    policy: { canary: { weight: 10, bakeSeconds: 60 } },
  });
  const fail = { Type: 'Fail', Error: 'OnPurpose', Cause: 'as asked' };
  await rehearse(scenario, {
    handlers: { revert },
    synthesized: {
      definition: { StartAt: 'Fail', States: { Fail: fail } },
      functions: { revert: { arn: PROBE_ARN, timeoutSeconds: 60, environment: {} } },
    },
  });
  const event = events[0] as { readonly detail: { readonly input: string } };
  const { policy } = scenario;
  const stack = 'arn:aws:cloudformation:us-east-1:123456789012:stack/checkout/rehearsal';
  const startedBy = 'the rehearsal';
  const provisionedConcurrency = null;
  const input = {
    function: 'checkout',
    alias: 'live',
    version: '42',
    policy,
    stack,
    startedBy,
    provisionedConcurrency,
  };
  return { event, input: JSON.parse(JSON.stringify(input)) as unknown };
}
