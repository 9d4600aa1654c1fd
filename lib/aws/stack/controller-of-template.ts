import { STATE_MACHINE_VARIABLE } from '../../rollout/contracts/environment.ts';
import type { Clients } from '../handler/clients.ts';
import { type CustomResourceEvent, TERRAFORM } from './custom-resource.ts';
import { DeployRefused } from './deploy-refused.ts';
import { outermostOf } from './stack.ts';

/** The controller of a resource. */
export interface ControllerOfTemplate {
  readonly stateMachineArn: string;
  /**
   * Whether the template has left the controller to the function behind the resource, as templates do that no construct has written. The
   * function then registers the alias itself.
   */
  readonly isGiven: boolean;
}

/** Where the function runs. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The controller of a resource: the one that its template names, or else the one of the function itself.
 *
 * @throws DeployRefused if neither names one
 */
export function controllerOfTemplate(
  { StateMachineArn }: { readonly StateMachineArn?: string | undefined },
  environment: Environment,
): ControllerOfTemplate {
  if (StateMachineArn !== undefined) return { stateMachineArn: StateMachineArn, isGiven: false };
  const own = environment[STATE_MACHINE_VARIABLE];
  if (own !== undefined) return { stateMachineArn: own, isGiven: true };
  throw new DeployRefused(
    'StateMachineArn: expected the ARN of a controller, for this function has none; use the service token of a controller that `sluice controller deploy` has made',
  );
}

/** Whether the registration of a resource is this function's, which takes it back when the resource goes. */
export const isRegisteredHere = (
  { StateMachineArn }: { readonly StateMachineArn?: string | undefined },
  environment: Environment,
): boolean => StateMachineArn === undefined && environment[STATE_MACHINE_VARIABLE] !== undefined;

/**
 * The stack whose commit a rollout waits for: the one that the template names, or else the outermost one of the resource's own; null if
 * no stack deploys the alias.
 */
export const stackOfTemplate = async (
  cloudformation: Clients['cloudformation'],
  { Stack }: { readonly Stack?: string | undefined },
  { StackId }: CustomResourceEvent,
): Promise<string | null> => Stack ?? (StackId === TERRAFORM ? null : outermostOf(cloudformation, StackId));
