import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TIMING_VARIABLE } from '../rollout/contracts/environment.ts';
import type { Timing } from '../rollout/observation.ts';
import { controllerLambda } from './controller-lambda.ts';
import { type ControllerFunction, controllerFunctions, functionTimeout } from './definition.ts';
import type { FunctionSettings } from './function-settings.ts';
import type { ControllerRoles } from './permissions.ts';

/** What the functions of a controller are made of. */
export interface ControllerFunctionsProps {
  readonly settings: FunctionSettings;
  /** What each function may do. */
  readonly statements: Readonly<Record<ControllerFunction, readonly iam.PolicyStatement[]>>;
  readonly timing: Timing;
  /** Of the function that reverts. */
  readonly reservedConcurrency: number | undefined;
  /** Where events go that the function that reverts fails on. */
  readonly failures: IQueue;
}

/** Makes the functions of a controller, each with its role. */
export function makeFunctions(
  controller: Construct,
  { settings, statements, timing, reservedConcurrency, failures }: ControllerFunctionsProps,
): { readonly functions: Readonly<Record<ControllerFunction, lambda.Function>>; readonly roles: ControllerRoles } {
  const made = controllerFunctions.map((name) => {
    const reverts = name === 'revert';
    const one = controllerLambda(new Construct(controller, pascal(name)), name, {
      settings,
      description: `Sluice: ${purposes[name]}`,
      timeout: Duration.seconds(functionTimeout(name)),
      statements: new iam.PolicyDocument({ statements: [...statements[name]] }),
      called: 'The state machine invokes it synchronously, tries again, and keeps what it was asked.',
      environment: timed.has(name) ? { [TIMING_VARIABLE]: JSON.stringify(timing) } : undefined,
      concurrency: reverts ? reservedConcurrency : undefined,
      failures: reverts ? failures : undefined,
    });
    return [name, one] as const;
  });
  return {
    functions: recordOf(made.map(([name, { handler }]) => [name, handler])),
    roles: recordOf(made.map(([name, { role }]) => [name, role])),
  };
}

/** One thing for each of the controller's functions. */
const recordOf = <T>(entries: readonly (readonly [ControllerFunction, T])[]): Record<ControllerFunction, T> =>
  Object.fromEntries(entries) as Record<ControllerFunction, T>;

const purposes: Readonly<Record<ControllerFunction, string>> = {
  preflight: 'decides whether a rollout may start',
  shift: 'gives the candidate its next weight',
  observe: 'reads the alias, alarms, counts and hold, and decides how a rollout goes on',
  revert: 'gives an alias back to its stable version',
  'announce-approval': 'publishes an event if a step waits for an approval',
  'run-hooks': 'calls the hooks of a stage',
  provision: 'warms the candidate, and releases the versions that are no longer served',
};

/** The functions that reckon with the age of the data. */
const timed: ReadonlySet<ControllerFunction> = new Set(['preflight', 'shift', 'observe', 'revert']);

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
