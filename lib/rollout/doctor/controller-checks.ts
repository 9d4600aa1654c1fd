import { type Check, ok, problem, warning } from './check.ts';

/** A controller as AWS has it. */
export interface ControllerFacts {
  readonly stateMachineArn: string;
  /** Null if the state machine does not exist. */
  readonly status: string | null;
  /** The functions that its states invoke, and the state of each; null if one does not exist. */
  readonly functions: readonly { readonly name: string; readonly state: string | null }[];
  /** The version of Sluice that deployed it; null if no tag tells, undefined if tags cannot be read. */
  readonly version: string | null | undefined;
}

/** Whether what carries out rollouts is there, whole, and of this version. */
export function controllerChecks(
  { stateMachineArn, status, functions, version }: ControllerFacts,
  own: string,
): Check[] {
  const deploy = 'deploy the stack of its RolloutController again';
  const name = stateMachineArn.split(':').at(-1);
  if (status !== 'ACTIVE') {
    const found = status === null ? `state machine ${name} does not exist` : `state machine ${name} is ${status}`;
    return [problem('controller', found, deploy)];
  }
  const broken = functions.filter(({ state }) => state === null || state === 'Failed');
  return [
    ok('controller', `state machine ${name}`),
    functions.length === 0
      ? problem('controller functions', 'its states invoke no function: it is none of Sluice', deploy)
      : broken.length > 0
        ? problem(
            'controller functions',
            broken.map((each) => `${each.name} ${each.state === null ? 'does not exist' : 'failed'}`).join(', '),
            deploy,
          )
        : ok('controller functions', `${functions.length}, all there`),
    versionCheck(version, own),
  ];
}

function versionCheck(version: string | null | undefined, own: string): Check {
  const name = 'controller version';
  if (version === own) return ok(name, own);
  if (version === undefined) {
    return warning(name, 'its tags cannot be read', 'allow states:ListTagsForResource to who asks');
  }
  const found = version === null ? 'no tag tells which version deployed it' : `deployed by ${version}`;
  return warning(
    name,
    `${found}; this command line is ${own}`,
    'deploy it again with this version, or use its command line',
  );
}

/** What may be asked of a role on a function. */
export type Allowed = 'allowed' | 'denied' | 'unknown';

/** What a controller's function does on every function that it serves. */
export const neededCalls: Readonly<Record<'Preflight' | 'Shift' | 'Observe' | 'Revert', readonly string[]>> = {
  Preflight: ['lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags'],
  Shift: ['lambda:GetAlias', 'lambda:UpdateAlias'],
  Observe: ['lambda:GetAlias', 'lambda:GetFunction', 'lambda:ListTags'],
  Revert: ['lambda:GetAlias', 'lambda:UpdateAlias'],
};
/** The states of the state machine that call as somebody. */
export type CallingState = keyof typeof neededCalls;

/** What IAM says of one call of one function's role. */
export interface SimulatedCall {
  readonly state: CallingState;
  readonly action: string;
  readonly allowed: Allowed;
}

/** Whether the controller may do on the function what rollouts do. `why` is why something could not be asked. */
export function permissionsCheck(calls: readonly SimulatedCall[], why: string): Check {
  const name = 'permissions';
  const denied = calls.filter(({ allowed }) => allowed === 'denied');
  if (denied.length > 0) {
    const list = denied.map(({ state, action }) => `${state} may not ${action}`).join(', ');
    return problem(
      name,
      `${list} on the function`,
      'deploy the stack of the alias again: it gives the function the tag sluice:managed with the name of its controller; or look for a boundary or policy that denies it',
    );
  }
  const unknown = calls.some(({ allowed }) => allowed === 'unknown');
  return unknown || calls.length === 0
    ? warning(name, `not checked (${why || 'nothing was answered'})`, 'allow iam:SimulatePrincipalPolicy to who asks')
    : ok(name, `${calls.length} calls are allowed`);
}
