import type { Clients } from '../../aws/handler/clients.ts';
import type { Registration } from '../../rollout/contracts/registration.ts';
import { logSignalsIn, type Signal } from '../../rollout/evidence/streams.ts';
import { OPERATOR } from '../names.ts';
import { type LogSpec, usualLog } from '../scenario/logs.ts';
import type { OperatorAction } from '../scenario/operator-action.ts';
import type { CallOutcome, Faults } from '../simulation/faults.ts';
import { currentInvocation, type Invocation } from '../simulation/invocation.ts';
import { pause, type VirtualTime } from '../simulation/virtual-time.ts';
import { LogLines } from '../world/log-lines.ts';
import type { World } from '../world/world.ts';
import type { Answer, Answers } from './answer.ts';
import { cloudformationApi } from './cloudformation.ts';
import { cloudwatchApi } from './cloudwatch.ts';
import { eventsApi } from './events.ts';
import { interceptedClients } from './interception.ts';
import type { RehearsedLambda } from './lambda.ts';
import { invoked, lambdaApiOf, type NamingInput } from './lambda-api.ts';
import { logsApi } from './logs.ts';
import { type Site, siteOf } from './site.ts';
import { ssmApi } from './ssm.ts';
import { type StartedExecution, statesApi } from './states.ts';
import type { StepFunctionsPort } from './step-functions-port.ts';
import { emptyAnswer, outdatedAnswer, partialData, staleAnswer, unevaluated, unreadData } from './untrue-answers.ts';

/** A call that one of the controller's functions made. Its role must allow it. */
export interface RecordedCall {
  readonly caller: string;
  /** The IAM action, such as `lambda:UpdateAlias`. */
  readonly action: string;
  /** The ARN that the call is judged on; `*` if the service knows nothing narrower. */
  readonly resource: string;
}

/** A call with its input, the answer that it got, and the invocation that made it. */
export interface ObservedAnswer {
  readonly invocation: Invocation | undefined;
  readonly call: string;
  readonly input: object;
  readonly output: object;
}

/** Follows the calls, and acts for the operator in between. */
export interface CallObserver {
  /** `functionName` is the function that the call is about, if it is one of the rehearsal's. */
  readonly onCall: (call: string, outcome: CallOutcome, functionName: string) => void;
  readonly onAnswer: (answer: ObservedAnswer) => void;
  readonly act: (action: OperatorAction) => void;
}

/** The parts of AWS that a rehearsal has. */
export interface AwsParts {
  readonly lambda: RehearsedLambda;
  readonly stepFunctions: StepFunctionsPort;
  readonly world: World;
  /**
   * The further members of a group.
   *
   * @default none
   */
  readonly others?: readonly Site[];
  readonly faults: Faults;
  readonly time: VirtualTime;
  /** How late metrics can be read, in seconds. */
  readonly metricDelaySeconds: number;
  /**
   * The signals that the function tells of.
   *
   * @default none
   */
  readonly signals?: readonly Signal[];
  /**
   * How the functions log.
   *
   * @default as JSON, some seconds late
   */
  readonly logs?: LogSpec;
  /** What the stack has deployed for rollouts that are started by hand; null if the alias is not registered. */
  readonly registration: Registration | null;
  /**
   * @default nobody observes
   */
  readonly observer?: CallObserver;
}

/** How long the SDK waits for an answer that never comes; the client's `requestTimeout`. */
const REQUEST_TIMEOUT_SECONDS = 5;

/** How long a slow hook takes, in seconds. */
const SLOW_SECONDS = 600;

/** AWS as the controller's functions see it: calls are answered here, recorded, and disturbed as the scenario asks. */
export class RehearsedAws {
  /** In the order in which they were made. */
  readonly calls: RecordedCall[] = [];
  /** Executions that StartExecution started. */
  readonly started: StartedExecution[] = [];
  /** What queries of logs have scanned. */
  bytesScanned = 0;
  /** The first call that no service here answers; null if there was none. */
  unknownCall: Error | null = null;
  readonly #answers: Answers;
  readonly #sites: readonly Site[];
  readonly #faults: Faults;
  readonly #time: VirtualTime;
  readonly #observer: CallObserver | undefined;

  constructor({
    lambda,
    world,
    others = [],
    stepFunctions,
    faults,
    time,
    metricDelaySeconds,
    signals = [],
    logs = usualLog,
    ...parts
  }: AwsParts) {
    const { registration, observer } = parts;
    const sites = [{ lambda, world }, ...others];
    this.#sites = sites;
    this.#faults = faults;
    this.#time = time;
    this.#observer = observer;
    this.#answers = {
      ...lambdaApiOf(sites, time),
      ...statesApi(stepFunctions, this.started),
      ...cloudwatchApi(sites, time, metricDelaySeconds, signals),
      ...logsApi(
        sites.map((site) => ({ ...site, log: new LogLines(site.world, logs) })),
        time,
        logSignalsIn(signals),
        (bytes) => {
          this.bytesScanned += bytes;
        },
      ),
      ...ssmApi(
        sites.map((site) => site.lambda),
        registration,
      ),
      ...cloudformationApi(),
      ...eventsApi(),
    };
  }

  /** Clients for one function. Its calls are recorded under its name. */
  clientsFor(caller: string): Clients {
    return interceptedClients((call, input) => this.#respond(caller, call, input), this.#time);
  }

  async #respond(caller: string, call: string, input: object): Promise<object> {
    await currentInvocation()?.alive();
    const outcome = this.#outcomeOf(caller, call, input);
    if (outcome === 'handlerDiesBefore') await exit();
    if (outcome === 'handlerOutlives') await currentInvocation()?.outlive();
    if (typeof outcome === 'object') this.#interfere(outcome);
    if (outcome === 'slow') await pause(SLOW_SECONDS);
    const output = this.#distorted(call, input, outcome, await this.#answer(caller, call, input));
    if (outcome === 'handlerDies') await exit();
    if (outcome === 'answerLost') await answerLost();
    this.#observer?.onAnswer({ invocation: currentInvocation(), call, input, output });
    return output;
  }

  /** Faults are the controller's: the calls of operators are neither counted nor disturbed. */
  #outcomeOf(caller: string, call: string, input: object): CallOutcome {
    if (caller === OPERATOR) return 'answered';
    const outcome = this.#faults.outcomeOf(call);
    this.#observer?.onCall(call, outcome, this.#lambdaIn(input).functionName);
    return outcome;
  }

  /** Fails the call, or lets an operator act before it. */
  #interfere(outcome: CallOutcome & object): void {
    if ('error' in outcome) throw outcome.error;
    this.#observer?.act(outcome.action);
  }

  async #answer(caller: string, call: string, input: object): Promise<object> {
    const { resource, action = call, also = [], output } = this.#known(caller, call)(input as never, caller);
    for (const each of [action, ...also]) this.calls.push({ caller, action: each, resource });
    return output();
  }

  #known(caller: string, call: string): (input: never, caller: string) => Answer {
    const answer = this.#answers[call];
    if (answer) return answer;
    const error = new Error(`the rehearsal's AWS does not know ${call}, which ${caller} called`);
    this.unknownCall ??= error;
    throw error;
  }

  #lambdaIn(input: NamingInput): RehearsedLambda {
    return siteOf(this.#sites, input.FunctionName ?? input.Resource).lambda;
  }

  #outdated(call: string, input: object, output: object): object {
    const past = { lambda: this.#lambdaIn(input), sites: this.#sites, second: this.#time.second() };
    return outdatedAnswer(call, input, output, past);
  }

  #distorted(call: string, input: object, outcome: CallOutcome, output: object): object {
    switch (outcome) {
      case 'stale':
        return staleAnswer(this.#lambdaIn(input));
      case 'outdated':
        return this.#outdated(call, input, output);
      case 'empty':
        return emptyAnswer(call, output);
      case 'partial':
        return partialData(output);
      case 'unread':
        return unreadData(output);
      case 'unevaluated':
        return unevaluated(output);
      case 'queryFails':
        return { status: 'Failed', results: [] };
      case 'queryHangs':
        return { status: 'Running', results: [] };
      case 'throws':
        return { ...invoked({ errorType: 'Error', errorMessage: 'the hook threw' }), FunctionError: 'Unhandled' };
      case 'refuses':
        return invoked({ ok: false, reason: 'the hook does not agree' });
      default:
        return output;
    }
  }
}

/** Ends the invocation that runs the code at hand. */
async function exit(): Promise<void> {
  currentInvocation()?.die('Runtime.ExitError', 'RequestId: rehearsal Error: Runtime exited with error: exit status 1');
  await currentInvocation()?.alive();
}

/** The SDK waits for an answer that never comes, and gives up. */
async function answerLost(): Promise<never> {
  await pause(REQUEST_TIMEOUT_SECONDS);
  throw Object.assign(new Error('the answer was lost (injected by the scenario)'), { name: 'TimeoutError' });
}
