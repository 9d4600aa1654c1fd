/** The outputs of the stack of a standalone controller, by the last part of the names under which the stack exports them. */
export const controllerExports = { ServiceToken: 'service-token', StateMachineArn: 'state-machine' } as const;

/** The name under which a controller's stack exports an output: `sluice:service-token`. */
export const exportName = (controller: string, output: keyof typeof controllerExports): string =>
  `${controller}:${controllerExports[output]}`;

/** Under which the parameters of standalone controllers stand: beside the registrations, for a function may have any name. */
export const CONTROLLERS = '/sluice-controllers';

/** The parameter of a controller with the same value: `/sluice-controllers/sluice/service-token`. */
export const controllerParameter = (controller: string, output: keyof typeof controllerExports): string =>
  `${CONTROLLERS}/${controller}/${controllerExports[output]}`;

/** The description of the stack, by which it is known for a controller's. */
export const STANDALONE = 'Sluice: a controller for functions that any tool deploys';

/** The parameters of the stack. */
export const standaloneParameters = {
  bucket: 'FunctionsBucket',
  prefix: 'FunctionsPrefix',
  stacks: 'Stacks',
} as const;
